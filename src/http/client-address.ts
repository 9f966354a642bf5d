import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Whose request it is, as far as one can know: each of `proxies` trusted proxies has written at the end of
 * X-Forwarded-For whom it was called by. What stands before that anybody may have written. The address of the socket
 * where there is no such entry, or `proxies` is 0.
 */
export const clientAddress = (request: IncomingMessage, proxies: number): string => {
  const own = request.socket.remoteAddress ?? '';
  if (proxies === 0) return own;
  // Node joins repeated headers of this name to one text.
  const entries = request.headers['x-forwarded-for']?.toString().split(',') ?? [];
  const address = withoutPort(entries.at(-proxies)?.trim() ?? '');
  return isIP(address) === 0 ? own : address;
};

/** Some proxies write the port too. */
const withoutPort = (entry: string): string =>
  /^\[(.*)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;

/** What limits go by: an IPv4 address, or the /64 of an IPv6 address, of which everybody has the whole. */
export const networkOf = (address: string): string => {
  const plain = address.replace(/%.*$/s, '');
  if (isIP(plain) !== 6) return plain;
  const groups = groupsOf(plain);
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return isMapped ? ipv4Of(groups.slice(6)) : groups.slice(0, 4).join(':');
};

/** The eight groups, in hexadecimal. The URL parser writes every notation in one way. */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((half) => (half === '' ? [] : half.split(':'))) as [
    string[],
    string[],
  ];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
};

const ipv4Of = (groups: readonly string[]): string =>
  groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 255])
    .join('.');
