import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { parseClaim, type Claim } from '../claim/claim.ts';

const claims = new WeakMap<IncomingMessage, Claim>();

/** Throws the coded error of a bad claim; else the routes behind it may ask for `claimOf`. */
export const withClaim: RequestHandler = (request, _response, next) => {
  // Node joins repeated headers of this name to one text, so it is never a list.
  const header = request.headers['x-user-claim']?.toString();
  claims.set(request, parseClaim(header));
  next();
};

export const claimOf = (request: IncomingMessage): Claim => {
  const claim = claims.get(request);
  // The chain in public-app.ts puts every route behind withClaim.
  if (claim === undefined) throw new Error('a route without a claim');
  return claim;
};
