import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { ServiceError } from '../base/errors.ts';
import { cors } from './cors.ts';
import { sendProblem } from './problem.ts';
import { connect, type ConnectPorts } from './routes/connect.ts';
import { join, type JoinPorts } from './routes/join.ts';
import { parseTarget, routeName } from './target.ts';
import { trustedProxy, type ProxyRules } from './trusted-proxy.ts';
import { unreadBody } from './unread-body.ts';
import type { RequestListener } from './upgrade.ts';
import { withClaim } from './with-claim.ts';

export interface PublicAppOptions {
  readonly corsOrigins: readonly string[];
  readonly proxyRules: ProxyRules;
  readonly connect: ConnectPorts;
  readonly join: JoinPorts;
  /** A request was answered with an error of the catalogue; `route` is e.g. `POST /join`. */
  readonly onRefused: (route: string, error: ServiceError) => void;
  /** Gets what is no `ServiceError`: a bug. */
  readonly onError: (error: unknown) => void;
}

/** The two endpoints and nothing else, as one listener for plain and for upgrade requests. */
export const publicApp = (options: PublicAppOptions): RequestListener => {
  const app = express();
  app.disable('x-powered-by');
  // The order is the contract's: OPTIONS, who may bring a claim, the claim, the path.
  app.use(unreadBody, cors(options.corsOrigins), trustedProxy(options.proxyRules), withClaim, routes(options));
  return (request, response) => {
    // Express calls this with what a handler threw, or with nothing where none of them answered.
    app(request as Request, response as Response, (error?: unknown) => fail(options, request, response, error));
  };
};

/** Not Express's routes: those decode the path before they match it, and `/join/a%2Fb` names one conversation. */
const routes = (options: PublicAppOptions): RequestHandler => {
  const serveConnect = connect(options.connect);
  const serveJoin = join(options.join);
  return (request, response) => {
    const target = parseTarget(request.url);
    switch (target.endpoint) {
      case 'connect':
        return serveConnect(request, response);
      case 'join':
        return serveJoin(request, response, target.segment);
      case 'none':
        throw new ServiceError('not-found');
      default:
        return target satisfies never;
    }
  };
};

const fail = (options: PublicAppOptions, request: IncomingMessage, response: ServerResponse, error: unknown): void => {
  const cause = error ?? new ServiceError('not-found');
  const refusal = cause instanceof ServiceError ? cause : new ServiceError('internal');
  if (cause !== refusal) options.onError(cause);
  options.onRefused(routeName(request.method, parseTarget(request.url ?? '')), refusal);
  // Too late for a status: the client must not take half an answer for a whole one.
  if (response.headersSent) request.socket.destroy();
  else sendProblem(response, refusal);
};
