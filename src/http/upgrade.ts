import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Upgrade {
  readonly socket: Socket;
  /** What came behind the request's head. */
  readonly head: Buffer;
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/**
 * Lets requests that ask for an upgrade take the way of all others, so that checks and errors are the same for both.
 *
 * Node hands over the bare socket of every request with an `Upgrade` header, whatever is asked for: HTTP clients that
 * try h2c do so with `POST /join`. Those are answered like the plain request they also are (RFC 9110 §7.8).
 */
export const serveUpgrades = (server: Server, listener: RequestListener): void => {
  server.on('upgrade', (request: IncomingMessage, _: Duplex, head: Buffer) => {
    const { socket } = request;
    // Node took its own listener away, and an unheard error would end the process.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    if (!assign(response, socket)) return;
    response.once('finish', () => closePolitely(socket));
    upgrades.set(request, { socket, head });
    listener(request, response);
  });
};

/**
 * Node also hands over the socket of a request that came behind one which is still being answered. No browser and no
 * proxy does that, and two answers cannot share the socket: the connection ends.
 */
const assign = (response: ServerResponse, socket: Socket): boolean => {
  try {
    response.assignSocket(socket);
    return true;
  } catch {
    socket.destroy();
    return false;
  }
};

/** The upgrade that a request asks for; null for a plain request, or one that wants something else than a WebSocket. */
export const webSocketUpgrade = (request: IncomingMessage): Upgrade | null => {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return null;
  return upgrades.get(request) ?? null;
};

const LINGER_MS = 1_000;

/** Closing a socket with unread data in it resets the connection, and the client may lose the answer: read on a little. */
const closePolitely = (socket: Socket): void => {
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
};
