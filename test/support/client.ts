import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as netConnect } from 'node:net';
import { once } from 'node:events';
import WebSocket from 'ws';

/** A port of loopback; with TLS any certificate will do. */
export type At = number | { readonly tls: number };

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The header as a proxy sends it: UTF-8 bytes, which Node's client takes as one latin1 character each. */
export const claim = (userid: string, clientid?: string): Record<string, string> => ({
  'X-User-Claim': Buffer.from(JSON.stringify({ userid, clientid }), 'utf8').toString('latin1'),
});

/** What makes a request one for a WebSocket. */
export const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

/** An upgrade by hand, from a client that then says nothing more. */
export const handshake = (headers: Readonly<Record<string, string>>): string => {
  const lines = Object.entries({ Host: 'x', ...UPGRADE, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /connect HTTP/1.1\r\n${lines.join('')}\r\n`;
};

/** One request on a connection of its own; the path goes out as it stands. */
export const ask = (at: At, path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const own = { path, method, headers, agent: false };
    const request =
      typeof at === 'number'
        ? httpRequest({ host: '127.0.0.1', port: at, ...own })
        : httpsRequest({ host: 'localhost', port: at.tls, rejectUnauthorized: false, ...own });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });

/** Sends bytes as they are and returns everything that came back until the server closed the connection. */
export const askRaw = async (port: number, ...chunks: (string | Buffer)[]): Promise<string> => {
  const socket = netConnect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (text += chunk));
  // The server may close while the rest is still being sent: what it said before is what counts.
  socket.on('error', () => undefined);
  for (const chunk of chunks) socket.write(chunk);
  await once(socket, 'close');
  return text;
};

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client of GET /connect that keeps everything it is told. */
export class TestClient {
  readonly socket: WebSocket;
  /** Resolves with the close frame; 1006 where there was none. */
  readonly closed: Promise<Closed>;
  readonly #messages: { text: string; isBinary: boolean }[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      this.#messages.push({ text: data.toString('utf8'), isBinary });
      for (const wake of this.#waiting.splice(0)) wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
  }

  /** Resolves with a client whose socket is open, or with the reply that refused the upgrade. */
  static open(at: At, headers: Readonly<Record<string, string>>, path = '/connect'): Promise<TestClient | Reply> {
    const origin = typeof at === 'number' ? `ws://127.0.0.1:${at}` : `wss://localhost:${at.tls}`;
    const options = { headers, perMessageDeflate: false, rejectUnauthorized: false };
    const socket = new WebSocket(`${origin}${path}`, options);
    const client = new TestClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
    });
  }

  get received(): readonly { readonly text: string; readonly isBinary: boolean }[] {
    return this.#messages;
  }

  /** Resolves when the server has handled all that was sent before: it answers a ping in order. */
  async settled(): Promise<void> {
    this.socket.ping();
    await once(this.socket, 'pong');
  }

  /** The n-th message, now or when it comes; throws where the socket closes before. */
  async message(n = 0): Promise<{ readonly text: string; readonly isBinary: boolean }> {
    for (;;) {
      const message = this.#messages[n];
      if (message !== undefined) return message;
      if (this.socket.readyState === WebSocket.CLOSED) {
        const { code, reason } = await this.closed;
        throw new Error(`closed before message ${n}: ${code} ${reason}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
