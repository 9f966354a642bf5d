import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { ServiceError } from '../../base/errors.ts';
import type { UserId } from '../../base/ids.ts';
import type { Claim } from '../../claim/claim.ts';
import type { Sessions } from '../../signalling/sessions.ts';
import type { ConnectRate } from '../connect-rate.ts';
import { webSocketUpgrade } from '../upgrade.ts';
import { claimOf } from '../with-claim.ts';

export interface ConnectPorts {
  /** Throws a `ServiceError` where no peer may be created for this device now, anything else where none can be: 500. */
  readonly admit: (claim: Claim) => void | Promise<void>;
  readonly rate: ConnectRate<UserId>;
  readonly sessions: Pick<Sessions, 'upgrade'>;
  readonly clock: Clock;
}

/** GET /connect: everything that can be said in HTTP is said before the upgrade. */
export const connect =
  (ports: ConnectPorts) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET') throw new ServiceError('not-found');
    const upgrade = webSocketUpgrade(request);
    if (upgrade === null) throw new ServiceError('upgrade-required');
    const claim = claimOf(request);
    await ports.admit(claim);
    checkRate(ports, claim);
    // From here the socket belongs to the session, unless the handshake was none.
    response.detachSocket(upgrade.socket);
    const refused = ports.sessions.upgrade(request, upgrade.socket, upgrade.head, claim);
    if (refused === null) return;
    response.assignSocket(upgrade.socket);
    throw refused;
  };

const checkRate = ({ rate, clock }: ConnectPorts, claim: Claim): void => {
  const wait = rate.take(claim.userid, clock.now());
  if (wait > 0) throw new ServiceError('connect-rate', { retryAfter: wait / 1000 });
};
