import type { Response } from 'express';

/** Answers with a picture, which may have styles of its own and nothing else, wherever it is opened. */
export const sendSvg = (response: Response, svg: string): void => {
  response
    .set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    .set('X-Content-Type-Options', 'nosniff')
    .type('image/svg+xml')
    .send(svg);
};
