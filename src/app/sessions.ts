import { randomInt } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../config/networks.ts';
import { localAddresses } from '../media/gst/ice.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import { offerPorts } from '../signalling/offers.ts';
import { Sessions } from '../signalling/sessions.ts';
import type { Context } from './context.ts';

/** The sockets of clients: an offer that comes by one of them opens a peer. */
export const createSessions = (context: Context, directory: PeerDirectory): Sessions => {
  const { config, overrides, clock, reporter, onError } = context;
  const open: PeerDirectory['open'] = (device, plan) => directory.open(device, plan);
  const sessions = new Sessions({
    ports: { ...offerPorts(offerSettings(config)), open },
    offerTimeout: config.offerTimeoutMs,
    clock,
    onError,
    ...overrides.sessions,
  });
  sessions.events.on('closed', (report) => reporter.socketClosed(report));
  return sessions;
};

const offerSettings = ({ maxSlots, videoCodec, media, iceDeny }: Config): Parameters<typeof offerPorts>[0] => ({
  maxSlots,
  videoCodec,
  // Also where loopback is gathered on for want of any other address.
  candidates: { allowLoopback: localAddresses(media.addresses).some(isLoopback), deny: iceDeny },
  random: () => randomInt(2 ** 32) / 2 ** 32,
});
