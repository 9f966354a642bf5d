import type { RequestHandler } from 'express';

/** Nothing here takes a body. As much is read and thrown away, so that the connection can be used again. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Throws the body away while the request is answered. Where it does not end, reading stops: the answer still goes out,
 * and the connection ends with it.
 */
export const unreadBody: RequestHandler = (request, response, next) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) return;
    request.pause();
    const { socket } = request;
    if (response.writableFinished) socket.destroy();
    else response.once('finish', () => socket.destroySoon());
  });
  next();
};
