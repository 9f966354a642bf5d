import type { Joins } from '../conversation/joins.ts';
import { ConnectRate } from '../http/connect-rate.ts';
import { publicApp } from '../http/public-app.ts';
import { HttpServer } from '../http/server.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Sessions } from '../signalling/sessions.ts';
import { firstCertificate } from './certificate.ts';
import type { Context } from './context.ts';
import type { Headroom } from './headroom.ts';

/** What clients reach. */
export const createPublicListener = (
  context: Context,
  directory: PeerDirectory,
  joins: Joins,
  sessions: Sessions,
  headroom: Headroom,
): HttpServer => {
  const { config, clock, reporter, onError } = context;
  const { corsOrigins, connectRates } = config;
  const listener = publicApp({
    corsOrigins,
    proxyRules: config,
    connect: {
      admit: (claim) => directory.admit(claim),
      rates: { user: new ConnectRate(connectRates.user), address: new ConnectRate(connectRates.address) },
      proxies: config.proxies,
      origins: config.connectOrigins,
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
  return new HttpServer('LISTEN', listener, headroom.sockets.public, firstCertificate(context));
};
