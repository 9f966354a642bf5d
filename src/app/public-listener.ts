import { httpPermission } from '../conversation/http-permission.ts';
import { Joins } from '../conversation/joins.ts';
import type { Registry } from '../conversation/registry.ts';
import { ConnectRate } from '../http/connect-rate.ts';
import { publicApp } from '../http/public-app.ts';
import { HttpServer } from '../http/server.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Sessions } from '../signalling/sessions.ts';
import type { Context } from './context.ts';

/** What clients reach. */
export const createPublicListener = (
  { config, clock, reporter, onError }: Context,
  directory: PeerDirectory,
  registry: Registry,
  sessions: Sessions,
): HttpServer => {
  const { corsOrigins, connectRate, permissionsHost } = config;
  const joins = new Joins(registry, permissionsHost === null ? null : httpPermission(permissionsHost));
  const listener = publicApp({
    corsOrigins,
    proxyRules: config,
    connect: {
      admit: (claim) => directory.admit(claim),
      rate: new ConnectRate(connectRate),
      sessions,
      clock,
    },
    join: {
      admit: () => directory.refuseWhileDraining(),
      join: (user, conversation) => joins.join(user, conversation),
      leave: (user, conversation) => joins.leave(user, conversation),
    },
    onRefused: (route, error) => reporter.requestRefused(route, error),
    onError,
  });
  return new HttpServer('LISTEN', listener);
};
