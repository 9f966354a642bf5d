import { BlockList, isIP } from 'node:net';
import type { CandidateDrop } from './types.ts';

/** Some set of IP addresses. */
export interface AddressSet {
  contains(address: string): boolean;
}

/**
 * An IP literal in its shortest form, an IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) without them, so that no rule
 * is passed by in disguise. Null for host names and for anything with a zone.
 */
export function canonicalAddress(text: string): string | null {
  const family = isIP(text);
  if (family === 4) return text;
  if (family === 0 || text.includes('%')) return null;
  // The URL parser writes every notation of an IPv6 address in one way.
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address);
  if (mapped === null) return address;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

type AddressFault = Extract<CandidateDrop, 'unspecified' | 'multicast' | 'link-local' | 'loopback'>;

/** Kinds of addresses that are never those of one client elsewhere. */
const SPECIAL: readonly (readonly [AddressFault, BlockList])[] = [
  ['unspecified', networks(['0.0.0.0', 8], ['::', 128])],
  // The broadcast address is treated like multicast: what is sent there reaches more than one.
  ['multicast', networks(['224.0.0.0', 4], ['255.255.255.255', 32], ['ff00::', 8])],
  ['link-local', networks(['169.254.0.0', 16], ['fe80::', 10])],
  ['loopback', networks(['127.0.0.0', 8], ['::1', 128])],
];

/** @param address in canonical form. */
export function specialAddress(address: string): AddressFault | null {
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  return SPECIAL.find(([, list]) => list.check(address, family))?.[0] ?? null;
}

function networks(...entries: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of entries) list.addSubnet(address, prefix, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  return list;
}
