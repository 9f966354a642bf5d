import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificate.ts';
import { listenError, type ListenAddress } from './listen-error.ts';
import { rawProblem } from './problem.ts';
import { serveUpgrades, type RequestListener } from './upgrade.ts';

const LIMITS = {
  /** Node answers what is longer before any of our code: far enough above the 8 KiB of a claim to tell that apart. */
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than a proxy keeps its idle connections (traefik: 90 s), so that we never close one it is about to use. */
  keepAliveTimeout: 120_000,
};
/** What is still being answered when the listener closes has this long. */
const CLOSE_GRACE_MS = 2_000;

/** A listener. */
export class HttpServer {
  readonly #setting: string;
  readonly #server: Server | TlsServer;
  #connections = 0;
  #closed: Promise<void> | null = null;

  /**
   * @param setting the variable that says where it listens, for errors
   * @param maxConnections those beyond are not accepted
   * @param certificate null: no TLS
   */
  constructor(
    setting: 'LISTEN' | 'ADMIN_LISTEN',
    listener: RequestListener,
    maxConnections: number,
    certificate: Certificate | null = null,
  ) {
    this.#setting = setting;
    this.#server =
      certificate === null
        ? createServer(LIMITS, listener)
        : createTlsServer({ ...LIMITS, cert: certificate.cert, key: certificate.key }, listener);
    this.#server.maxConnections = maxConnections;
    this.#server.on('connection', (socket: Socket) => {
      this.#connections += 1;
      socket.once('close', () => (this.#connections -= 1));
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => answerBroken(error, socket));
    serveUpgrades(this.#server, listener);
  }

  /** Those that are open, WebSockets included. */
  get connections(): number {
    return this.#connections;
  }

  /** Where it listens; null before `listen` and after `close`. */
  get address(): AddressInfo | null {
    const address = this.#server.address();
    return typeof address === 'string' ? null : address;
  }

  /** Rejects with a `ServiceError` `listen` that says what to do. */
  listen(address: ListenAddress): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => reject(listenError(error, this.#setting, address));
      const { host, port } = address;
      this.#server.once('error', failed);
      this.#server.listen({ port, ...(host === null ? {} : { host }) }, () => {
        this.#server.off('error', failed);
        resolve();
      });
    });
  }

  /** For connections from now on; those that are there go on. Throws where there is no TLS. */
  setCertificate({ cert, key }: Certificate): void {
    if (!('setSecureContext' in this.#server)) throw new Error('a listener without TLS');
    this.#server.setSecureContext({ cert, key });
  }

  /** Accepts nothing more; resolves when the last connection is closed. WebSockets are their sessions' to close. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    const timer = setTimeout(() => this.#server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(timer);
  }
}

/** A request that Node could not read. */
const answerBroken = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(brokenResponse(error.code), () => socket.destroy());
};

const brokenResponse = (code: string | undefined): string => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      // A claim of any excessive length is a bad claim; whatever else made the headers so long is not told apart.
      return rawProblem('claim-too-long', `all headers together are longer than ${LIMITS.maxHeaderSize} bytes`);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';
    default:
      return 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
  }
};
