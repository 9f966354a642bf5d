import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { ServiceError } from '../base/errors.ts';

export interface ProxyRules {
  /** Addresses that may bring a claim; null: all. */
  readonly trustedProxies: { contains(address: string): boolean } | null;
  /** What `X-Proxy-Secret` has to be; null: nothing is asked. */
  readonly proxySecret: string | null;
}

/** Lets through only who may set `X-User-Claim`: whoever else reached this port could claim to be anybody. */
export const trustedProxy = (rules: ProxyRules): RequestHandler => {
  const isSecret = rules.proxySecret === null ? null : secretCheck(rules.proxySecret);
  return (request, _response, next) => {
    // The address of the socket, never X-Forwarded-For: that one is what is in question.
    const address = request.socket.remoteAddress ?? '';
    if (rules.trustedProxies?.contains(address) === false) throw new ServiceError('proxy-untrusted');
    if (isSecret?.(request.headers['x-proxy-secret']) === false) throw new ServiceError('proxy-secret');
    next();
  };
};

/** Compares digests, so that neither content nor length shows in the time it takes. */
export const secretCheck = (secret: string): ((given: string | string[] | undefined) => boolean) => {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (given) => typeof given === 'string' && timingSafeEqual(digest(given), expected);
};
