import { isIP } from 'node:net';
import { isLoopback } from './networks.ts';

/** Where the public listener listens. */
export interface Listen {
  /** An IP address without brackets, or a host name; `null` is every interface, IPv6 and IPv4. */
  readonly host: string | null;
  /** 0 lets the system choose. */
  readonly port: number;
}

// RFC 1123 host names: labels of letters, digits and hyphens.
const HOST_NAME = /^(?!-)[a-z\d-]{1,63}(?<!-)(\.(?!-)[a-z\d-]{1,63}(?<!-))*$/i;

/** Reads `:80`, `127.0.0.1:8080`, `[::1]:80`, `localhost:0`. Throws an Error that says what is wrong. */
export function parseListen(text: string): Listen {
  const colon = text.lastIndexOf(':');
  if (colon < 0) throw new Error('there is no ":" in front of a port');
  return { host: parseHost(text.slice(0, colon)), port: parsePort(text.slice(colon + 1)) };
}

export function formatListen({ host, port }: Listen): string {
  if (host === null) return `:${port}`;
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True where the listener can be reached from another machine; a host name other than `localhost` counts as reachable. */
export function isExposed({ host }: Listen): boolean {
  if (host === null) return true;
  if (isIP(host) !== 0) return !isLoopback(host);
  return host.toLowerCase() !== 'localhost';
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new Error('the port is not a number from 0 to 65535');
  return Number(text);
}

function parseHost(text: string): string | null {
  if (text === '') return null;
  if (text.startsWith('[') && text.endsWith(']')) {
    const address = text.slice(1, -1);
    if (isIP(address) !== 6) throw new Error('there is no IPv6 address in the brackets');
    return address;
  }
  if (text.includes(':')) throw new Error('an IPv6 address needs brackets');
  // Four numbers that are no address (300.0.0.1) would pass as a host name.
  if (/^[\d.]+$/.test(text) ? isIP(text) !== 4 : text.length > 253 || !HOST_NAME.test(text)) {
    throw new Error('the host is neither an address nor a host name');
  }
  return text;
}
