// Where media of the bench goes: an address of this machine, so that the kernel hands it over without a network.
import { networkInterfaces } from 'node:os';

const LOOPBACK = '127.0.0.1';

/** @param {string} address */
export const isLoopback = (address) => address === LOOPBACK;

/** Not that of the loopback interface, where there is another: Janus takes none from there. */
export function mediaAddress() {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? LOOPBACK;
}
