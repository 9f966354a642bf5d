import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Request, type Response } from 'express';
import { ServiceError } from '../../base/errors.ts';
import type { RequestListener } from '../upgrade.ts';
import { sendProblem } from '../problem.ts';
import { conversationRoutes, type ConversationPorts } from './conversations.ts';
import { dashboardRoutes } from './dashboard.ts';
import { permissionRoutes, type PermissionPorts } from './permissions.ts';
import { peerRoutes, type PeerPorts } from './peers.ts';
import { recordingRoutes, type RecordingPorts } from './recordings.ts';
import { guard, type AdminRules } from './guard.ts';

/** What Prometheus scrapes. */
export interface MetricsPort {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface AdminAppOptions {
  readonly rules: AdminRules;
  /** Throws a `ServiceError` where the media plane is unable. */
  readonly checkHealth: () => void;
  /** Throws a `ServiceError` where no new connection would be accepted. */
  readonly checkReady: () => void;
  readonly metrics: MetricsPort;
  /** The folder of the page. */
  readonly dashboard: string;
  readonly peers: PeerPorts;
  readonly conversations: ConversationPorts;
  readonly recordings: RecordingPorts;
  readonly permissions: PermissionPorts;
  readonly onRefused: (route: string, error: ServiceError) => void;
  /** Gets what is no `ServiceError`: a bug. */
  readonly onError: (error: unknown) => void;
}

/** What operators and their tools ask. JSON out, problems as on the public listener. */
export const adminApp = (options: AdminAppOptions): RequestListener => {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(guard(options.rules));
  app.get('/healthz', (_request, response) => ok(response, options.checkHealth));
  app.get('/readyz', (_request, response) => ok(response, options.checkReady));
  app.get('/metrics', async (_request, response) => {
    const text = await options.metrics.text();
    // Not `send`, which would write the charset anew.
    response.set('Content-Type', options.metrics.contentType).end(text);
  });
  app.use(dashboardRoutes(options.dashboard));
  app.use(peerRoutes(options.peers));
  app.use(conversationRoutes(options.conversations));
  app.use(recordingRoutes(options.recordings));
  app.use(permissionRoutes(options.permissions));
  return (request, response) => {
    // Express calls this with what a handler threw, or with nothing where none of them answered.
    app(request as Request, response as Response, (error?: unknown) => fail(options, request, response, error));
  };
};

const ok = (response: Response, check: () => void): void => {
  check();
  response.type('text/plain').send('ok\n');
};

const fail = (options: AdminAppOptions, request: IncomingMessage, response: ServerResponse, error: unknown): void => {
  const refusal = refusalOf(error);
  if (refusal.code === 'internal') options.onError(error);
  // Probes ask each few seconds, and an answer is what they are for.
  if (!/^\/(?:healthz|readyz)$/.test(request.url ?? '')) options.onRefused(`${request.method ?? ''} (admin)`, refusal);
  if (response.headersSent) request.socket.destroy();
  else sendProblem(response, refusal);
};

const refusalOf = (error: unknown): ServiceError => {
  if (error instanceof ServiceError) return error;
  // A path that is no percent-encoding: Express throws a URIError with a status.
  if (error === undefined || error instanceof URIError) return new ServiceError('admin-not-found');
  if (isBodyFault(error)) return new ServiceError('admin-body');
  return new ServiceError('internal');
};

/** What Express throws for a body that is too long, was cut off, or is in a charset or encoding it does not know. */
const isBodyFault = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && 'status' in error && Number(error.status) < 500;
