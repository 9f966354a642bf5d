import { BlockList, isIP } from 'node:net';

/**
 * A list of IP networks. An IPv4 address that comes as IPv6 (`::ffff:192.0.2.1`, as a dual-stack socket reports it) is
 * looked up among the IPv4 networks, and only there: `::/0` is every IPv6 address and no IPv4 one.
 */
export class Networks {
  readonly #v4 = new BlockList();
  readonly #v6 = new BlockList();
  readonly #text: string[] = [];

  /** @param entries as `192.0.2.0/24`, `2001:db8::/32` or single addresses. Throws an Error that names a wrong one. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  get isEmpty(): boolean {
    return this.#text.length === 0;
  }

  /** False for everything that is not an IP address. A zone id (`%eth0`) is ignored. */
  contains(address: string): boolean {
    const plain = withoutZone(address);
    const v4 = toIPv4(plain);
    if (v4 !== null) return this.#v4.check(v4, 'ipv4');
    return isIP(plain) === 6 && this.#v6.check(plain, 'ipv6');
  }

  toString(): string {
    return this.#text.join(',');
  }

  #add(entry: string): void {
    const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(entry);
    const address = match?.[1] ?? '';
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const prefix = Number(match?.[2] ?? bits);
    if (family === 0 || prefix > bits) throw new Error(`${JSON.stringify(entry)} is neither an address nor a network`);
    const mapped = family === 6 && prefix >= 96 ? toIPv4(address) : null;
    if (family === 4) this.#v4.addSubnet(address, prefix, 'ipv4');
    else if (mapped !== null) this.#v4.addSubnet(mapped, prefix - 96, 'ipv4');
    else this.#v6.addSubnet(address, prefix, 'ipv6');
    this.#text.push(entry);
  }
}

const LOOPBACK = new Networks(['127.0.0.0/8', '::1']);

/** True for 127.0.0.0/8 and ::1, in any notation. */
export const isLoopback = (address: string): boolean => LOOPBACK.contains(address);

const withoutZone = (address: string): string => address.replace(/%.*$/s, '');

/** The IPv4 address that `address` is or carries (`::ffff:0:0/96`), or null. */
function toIPv4(address: string): string | null {
  const family = isIP(address);
  if (family === 4) return address;
  if (family === 0) return null;
  // The URL parser writes every notation of an IPv6 address in one way.
  const groups = /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(new URL(`http://[${address}]/`).hostname);
  if (groups === null) return null;
  const [high, low] = [Number.parseInt(groups[1] ?? '', 16), Number.parseInt(groups[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
