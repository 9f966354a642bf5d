import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { GstObject } from 'node-gst';
import type { AnnouncedAddress } from '../../sdp/announce.ts';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * The local addresses to gather candidates on. Empty means: all that libnice finds, which is every address but those of
 * loopback interfaces. A machine that has no others gets its loopback addresses, so that it can be tried out offline.
 */
export function localAddresses(configured: readonly string[], interfaces: Interfaces = networkInterfaces()): string[] {
  if (configured.length > 0) return [...configured];
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  return all.some(({ internal }) => !internal) ? [] : all.map(({ address }) => address);
}

/** How media gets to clients and back; everything but `addresses` may be left out. */
export interface MediaNetwork {
  /** Local addresses to gather candidates on; empty for the default of `localAddresses`. */
  readonly addresses: readonly string[];
  readonly announced?: readonly AnnouncedAddress[];
  readonly ports?: { readonly min: number; readonly max: number } | null;
  /** `stun://host:port` */
  readonly stunServer?: string | null;
  /** `turn://user:password@host:port` */
  readonly turnServer?: string | null;
  /** 0 to 63. */
  readonly dscp?: number;
}

/** Before the pipeline leaves NULL. `addresses` are those of `localAddresses`. */
export function configureIce(webrtcbin: GstObject, { addresses, ports, stunServer, turnServer }: MediaNetwork): void {
  const ice = webrtcbin.get('ice-agent') as GstObject;
  const agent = ice.get('agent') as GstObject;
  // UPnP would hold every gathering up for 200 ms; TCP candidates are of no use to a server with a public UDP port.
  agent.set('upnp', false);
  agent.set('ice-tcp', false);
  if (ports != null) ice.set('min-rtp-port', ports.min).set('max-rtp-port', ports.max);
  if (stunServer != null) webrtcbin.set('stun-server', stunServer);
  if (turnServer != null) webrtcbin.set('turn-server', turnServer);
  for (const address of addresses) ice.emit('add-local-ip-address', address);
  agent.dispose();
  ice.dispose();
}
