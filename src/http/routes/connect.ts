import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { ServiceError } from '../../base/errors.ts';
import type { UserId } from '../../base/ids.ts';
import type { Claim } from '../../claim/claim.ts';
import type { Sessions } from '../../signalling/sessions.ts';
import type { ConnectRate } from '../connect-rate.ts';
import { clientAddress, networkOf } from '../client-address.ts';
import { webSocketUpgrade } from '../upgrade.ts';
import { claimOf } from '../with-claim.ts';

export interface ConnectPorts {
  /** Throws a `ServiceError` where no peer may be created for this device now, anything else where none can be: 500. */
  readonly admit: (claim: Claim) => void | Promise<void>;
  readonly rates: { readonly user: ConnectRate<UserId>; readonly address: ConnectRate<string> };
  /** Trusted proxies in front, which say whose address it is. */
  readonly proxies: number;
  /** Pages that may connect; empty: all. */
  readonly origins: readonly string[];
  readonly sessions: Pick<Sessions, 'upgrade'>;
  readonly clock: Clock;
}

/** GET /connect: everything that can be said in HTTP is said before the upgrade. */
export const connect =
  (ports: ConnectPorts) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET') throw new ServiceError('not-found');
    const claim = claimOf(request);
    checkOrigin(ports, request);
    await ports.admit(claim);
    // Only now: browsers do not tell a page why its WebSocket was refused, so it asks with a plain request.
    const upgrade = webSocketUpgrade(request);
    if (upgrade === null) throw new ServiceError('upgrade-required');
    checkRates(ports, claim, networkOf(clientAddress(request, ports.proxies)));
    // From here the socket belongs to the session, unless the handshake was none.
    response.detachSocket(upgrade.socket);
    const refused = ports.sessions.upgrade(request, upgrade.socket, upgrade.head, claim);
    if (refused === null) return;
    response.assignSocket(upgrade.socket);
    throw refused;
  };

/** What is no page sends no Origin, and may send any. */
const checkOrigin = ({ origins }: ConnectPorts, request: IncomingMessage): void => {
  const { origin } = request.headers;
  if (origin !== undefined && origins.length > 0 && !origins.includes(origin)) throw new ServiceError('connect-origin');
};

/** The address first, so that who tries on and on uses up what is his and not what is a user's. */
const checkRates = ({ rates, clock }: ConnectPorts, claim: Claim, network: string): void => {
  const now = clock.now();
  const wait = rates.address.take(network, now) || rates.user.take(claim.userid, now);
  if (wait > 0) throw new ServiceError('connect-rate', { retryAfter: wait / 1000 });
};
