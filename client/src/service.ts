import { asCallError, responseError, type CallError } from './core/errors.ts';
import type { Options } from './types.ts';

/** How long a request may take. */
const TIMEOUT_MS = 10_000;
/** A look whether the service is there; another one begins meanwhile. */
const PROBE_MS = 5_000;

/** The two endpoints of the service, as one device uses them. */
export class Service {
  readonly #base: URL;
  readonly #token: Options['token'];
  /** null where the token names the device. */
  readonly #device: string | null;

  constructor({ url, token }: Pick<Options, 'url' | 'token'>, device: string | null) {
    this.#base = new URL(url.endsWith('/') ? url : `${url}/`, location.href);
    this.#token = token;
    this.#device = device;
  }

  /** Where the WebSocket is. */
  async connectUrl(): Promise<string> {
    const url = await this.#url('connect');
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url.href;
  }

  /** POST enters, DELETE leaves; to leave where one is not is no error. */
  async join(method: 'POST' | 'DELETE', conversation: string): Promise<void> {
    const response = await this.#fetch(await this.#url(`join/${encodeURIComponent(conversation)}`), { method });
    if (!response.ok && !(method === 'DELETE' && response.status === 404)) throw await errorIn(response);
  }

  /**
   * Resolves where the service could be connected to; else rejects with why not. A browser does not tell why a WebSocket
   * was refused, and holds back one that follows many that were; a plain request is answered the same, but for 426.
   */
  async probe(signal: AbortSignal): Promise<void> {
    const url = await this.#url('connect');
    const init = { signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]) };
    const response = await this.#fetch(url, init).catch((error: unknown) => {
      // Without CORS one can see at least whether there is an answer.
      if (url.origin === location.origin) throw error;
      return this.#fetch(url, { ...init, mode: 'no-cors' });
    });
    if (response.type !== 'opaque' && response.status !== 426) throw await errorIn(response);
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
    } catch (error) {
      throw asCallError(error, 'unreachable');
    }
  }

  async #url(path: string): Promise<URL> {
    const token = typeof this.#token === 'string' ? this.#token : await this.#token();
    const url = new URL(path, this.#base);
    url.searchParams.set('token', token);
    if (this.#device !== null) url.searchParams.set('device', this.#device);
    return url;
  }
}

async function errorIn(response: Response): Promise<CallError> {
  const problem: unknown = await response.json().catch(() => null);
  const code = typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : '';
  return responseError(response.status, response.headers.get('Retry-After'), typeof code === 'string' ? code : '');
}
