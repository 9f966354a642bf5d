import { isIP } from 'node:net';
import { canonicalAddress } from './address.ts';

/** What clients are told in place of a local address; `local` null: of every one of the same family. */
export interface AnnouncedAddress {
  readonly local: string | null;
  readonly address: string;
}

/** As webrtcbin writes one: foundation, component, transport, priority, address, port, type, and whatever follows. */
const HOST_CANDIDATE = /^(a=candidate:\S+ \d+ \S+ )(\d+) (\S+) (\d+ typ host.*)$/;

/**
 * Puts the addresses that clients reach in the place of those that this machine has, for a server behind 1:1 NAT: each
 * host candidate is written once for each address that is announced for it, in this order of priority. Others stay.
 */
export function announce(sdp: string, announced: readonly AnnouncedAddress[]): string {
  if (announced.length === 0) return sdp;
  const [named, general] = [
    announced.filter(({ local }) => local !== null),
    announced.filter(({ local }) => local === null),
  ];
  const linesFor = (line: string): readonly string[] => {
    const [, start = '', priority = '', host = '', end = ''] = HOST_CANDIDATE.exec(line) ?? [];
    const local = canonicalAddress(host);
    if (local === null) return [line];
    const own = named.filter((each) => canonicalAddress(each.local ?? '') === local);
    const chosen = own.length > 0 ? own : general.filter(({ address }) => isIP(address) === isIP(local));
    if (chosen.length === 0) return [line];
    // Each its own priority, as RFC 8445 §5.1.2 wants it of the candidates of a component.
    return chosen.map(({ address }, i) => `${start}${Number(priority) - i} ${address} ${end}`);
  };
  return sdp.split('\r\n').flatMap(linesFor).join('\r\n');
}
