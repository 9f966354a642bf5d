import type { Registry } from '../conversation/registry.ts';
import type { Drawer } from '../drawing/drawer.ts';
import type { PeerPorts } from '../http/admin/peers.ts';
import type { Peer } from '../peer/peer.ts';
import type { PeerDirectory } from '../peer/directory.ts';

/** What operators may know of a connection, and do to it. */
export const peerPorts = (directory: PeerDirectory, registry: Registry, drawer: Drawer): PeerPorts => ({
  describe: async (id) => {
    const peer = directory.get(id);
    return peer === null ? null : describe(peer, registry);
  },
  remove: async (id) => {
    const peer = directory.get(id);
    await peer?.close('removed');
    return peer !== null;
  },
  draw: async (id) => {
    const graph = directory.get(id)?.graph() ?? null;
    return graph === null ? null : drawer.draw(graph);
  },
});

const describe = async (peer: Peer, registry: Registry): Promise<object> => {
  const { id, userid, clientid, csrc, state, sections } = peer;
  // One that is about to end, or is busy with its answer, has no details; all the rest is known.
  const details = await peer.details().catch(() => null);
  const slots = [...registry.slotsOf(id)].map(([{ mid, kind, index }, heard]) => ({
    mid,
    kind,
    index,
    hears: heard === null ? null : { peer: heard.id, userid: heard.userid, clientid: heard.clientid },
  }));
  return {
    id,
    userid,
    clientid,
    csrc,
    state,
    conversation: registry.conversationOf(userid),
    idleMs: peer.idleMs(),
    sections,
    slots,
    stats: peer.stats(),
    streams: peer.streams(),
    details,
  };
};
