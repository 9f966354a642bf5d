import type { Registry } from '../conversation/registry.ts';
import type { PeerPorts } from '../http/admin/peers.ts';
import type { Peer } from '../peer/peer.ts';
import type { PeerDirectory } from '../peer/directory.ts';

/** What operators may know of a connection, and do to it. */
export const peerPorts = (directory: PeerDirectory, registry: Registry): PeerPorts => ({
  describe: async (id) => {
    const peer = directory.get(id);
    return peer === null ? null : describe(peer, registry);
  },
  remove: async (id) => {
    const peer = directory.get(id);
    await peer?.close('removed');
    return peer !== null;
  },
});

const describe = async (peer: Peer, registry: Registry): Promise<object> => {
  const { id, userid, clientid, csrc, state, sections } = peer;
  // One that is about to end, or is busy with its answer, has no report; all the rest is known.
  const report = await peer.report().catch(() => null);
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
    streams: report?.streams ?? [],
    details: report?.details ?? null,
  };
};
