import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { GstObject } from 'node-gst';

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

/** Before the pipeline leaves NULL. */
export function configureIce(webrtcbin: GstObject, addresses: readonly string[]): void {
  const ice = webrtcbin.get('ice-agent') as GstObject;
  const agent = ice.get('agent') as GstObject;
  // UPnP would hold every gathering up for 200 ms; TCP candidates are of no use to a server with a public UDP port.
  agent.set('upnp', false);
  agent.set('ice-tcp', false);
  for (const address of addresses) ice.emit('add-local-ip-address', address);
  agent.dispose();
  ice.dispose();
}
