import { ServiceError } from '../base/errors.ts';
import type { Announced, PortRange } from './media-parsers.ts';
import type { SettingValues } from './settings.ts';

/** How media gets to clients and back. */
export interface MediaNetwork {
  /** Local addresses for ICE; empty: the default of the media plane. */
  readonly addresses: readonly string[];
  /** What clients are told in place of local addresses. */
  readonly announced: readonly Announced[];
  /** `null`: any port. */
  readonly ports: PortRange | null;
  /** `stun://host:port`; `null`: none. */
  readonly stunServer: string | null;
  /** `turn://user:password@host:port`; `null`: none. */
  readonly turnServer: string | null;
  /** Of every packet of media, 0 to 63. */
  readonly dscp: number;
}

/** Throws a ServiceError `config` where there are fewer ports than connections. */
export function mediaNetwork(values: SettingValues): MediaNetwork {
  const ports = values.UDP_PORTS === 'any' ? null : values.UDP_PORTS;
  const count = ports === null ? Infinity : ports.max - ports.min + 1;
  if (count < values.MAX_PEERS) {
    const detail = `UDP_PORTS are ${count} ports, and every connection needs one: more ports, or no more than MAX_PEERS=${count}`;
    throw new ServiceError('config', { detail });
  }
  return {
    addresses: values.ICE_ADDRESSES,
    announced: values.ANNOUNCED_ADDRESSES,
    ports,
    stunServer: values.STUN_SERVER === '' ? null : values.STUN_SERVER,
    turnServer: values.TURN_SERVER === '' ? null : values.TURN_SERVER,
    dscp: values.MEDIA_DSCP,
  };
}
