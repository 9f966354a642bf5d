import { isIP } from 'node:net';
import { list, type Parser } from './validators.ts';

export interface Announced {
  /** `null`: every local address of the same family. */
  readonly local: string | null;
  readonly address: string;
}

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

/** `public` or `local=public`, both of one family. */
export const announced: Parser<readonly Announced[]> = (text) =>
  list(text).map((entry) => {
    const [first = '', second] = entry.split('=');
    const [local, address] = second === undefined ? [null, first] : [first, second];
    const isWrong = isIP(address) === 0 || (local !== null && isIP(local) !== isIP(address));
    if (isWrong || entry.split('=').length > 2)
      throw new Error(`${JSON.stringify(entry)} is no address, and no two of a kind`);
    return { local, address };
  });

/** `min-max`; 'any' where nothing is set. */
export const portRange: Parser<PortRange | 'any'> = (text) => {
  if (text === '') return 'any';
  const [, min, max] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const range = { min: Number(min), max: Number(max) };
  if (!(range.min >= 1 && range.min <= range.max && range.max <= 65_535)) throw new Error('not such a range');
  return range;
};

/** `host` or `host:port` as webrtcbin wants it; '' where nothing is set. */
export const stunServer: Parser<string> = (text) => {
  if (text === '') return '';
  const url = URL.canParse(`stun://${text}`) ? new URL(`stun://${text}`) : null;
  if (url === null || url.hostname === '' || url.username !== '' || /[/?#@]/.test(text))
    throw new Error('not a host and port');
  return `stun://${url.hostname}:${url.port === '' ? '3478' : url.port}`;
};

/** With credentials, as webrtcbin wants it; '' where nothing is set. */
export const turnServer: Parser<string> = (text) => {
  if (text === '') return '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^turns?:$/.test(url.protocol) || url.hostname === '') throw new Error('not a turn:// URL');
  if (url.username === '' || url.password === '') throw new Error('without user and password');
  if (!/^\/?(?:\?transport=(?:udp|tcp))?$/.test(url.pathname + url.search))
    throw new Error('more than a host and port');
  return text;
};
