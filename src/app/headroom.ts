import { networkInterfaces } from 'node:os';
import { maxSockets, neededFor, systemLimits } from '../config/system-limits.ts';
import { systemRoom } from '../config/system-room.ts';
import { localAddresses } from '../media/gst/ice.ts';
import type { Context } from './context.ts';

/** What the system lets this process have, shared out so that those who are there keep theirs. */
export interface Headroom {
  /** How many connections each listener may have. */
  readonly sockets: { readonly public: number; readonly admin: number };
  /** What there is too little of for so many more connections; null: there is enough. */
  shortFor(connections: number): 'open files' | 'threads' | null;
}

const MAX_ADMIN_SOCKETS = 1_000;

/** @param openSockets of both listeners; what they may still have is left to them */
export const createHeadroom = ({ config }: Context, openSockets: () => number): Headroom => {
  const most = maxSockets(config, systemLimits());
  const sockets = { public: most, admin: Math.min(MAX_ADMIN_SOCKETS, Math.ceil(most / 4)) };
  const addresses = addressCount(config.media.addresses);
  return {
    sockets,
    shortFor: (connections) => {
      const [room, needed] = [systemRoom(), neededFor(connections, addresses)];
      if (room.files - (sockets.public + sockets.admin - openSockets()) < needed.files) return 'open files';
      return room.threads < needed.threads ? 'threads' : null;
    },
  };
};

/** libnice opens a socket for each, where none are named on every one that there is. */
const addressCount = (configured: readonly string[]): number =>
  localAddresses(configured).length || Object.values(networkInterfaces()).flatMap((list) => list ?? []).length;
