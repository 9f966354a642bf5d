import type { Joins } from '../conversation/joins.ts';
import type { Registry } from '../conversation/registry.ts';
import type { Member } from '../conversation/types.ts';
import type { ConversationPorts } from '../http/admin/conversations.ts';
import type { MemberView, TrafficView } from '../http/admin/views.ts';
import type { StreamQuality } from '../media/types.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Peer } from '../peer/peer.ts';
import type { Recordings } from '../recording/service/recordings.ts';

export interface ConversationParts {
  readonly directory: PeerDirectory;
  readonly registry: Registry;
  readonly recordings: Recordings;
  readonly joins: Joins;
}

/** What operators may know of conversations, and do to them. */
export const conversationPorts = (parts: ConversationParts): ConversationPorts => {
  const { registry, recordings, joins } = parts;
  return {
    list: () => registry.conversations,
    count: (id) => ({ users: registry.usersOf(id)?.length ?? 0, members: registry.membersOf(id).length }),
    describe: (id) => {
      const users = registry.usersOf(id);
      return users === null
        ? null
        : { id, users, members: registry.membersOf(id).map((each) => memberView(parts, each)) };
    },
    end: async (id) => {
      // While the members are there: what they have said by now is recorded.
      const recorded = recordings.stopIn(id, 'the conversation was ended');
      const wasThere = joins.end(id);
      await recorded;
      return wasThere;
    },
  };
};

const memberView = ({ directory, registry }: ConversationParts, member: Member): MemberView => {
  const { id, userid, clientid, csrc, tracks } = member;
  const peer = directory.get(id);
  const slots = [...registry.slotsOf(id)].map(([{ mid, kind, index }, heard]) => ({
    mid,
    kind,
    index,
    hears: heard?.id ?? null,
  }));
  return {
    peer: id,
    userid,
    clientid,
    csrc,
    tracks: tracks.map(({ mid, kind }) => ({ mid, kind })),
    slots,
    traffic: peer === null ? null : trafficOf(peer),
  };
};

const trafficOf = (peer: Peer): TrafficView => {
  const { received, sent, dropped } = peer.stats();
  const streams = peer.streams();
  return {
    received,
    sent,
    dropped: Object.values(dropped).reduce((sum, count) => sum + count, 0),
    roundTripTime: streams.find(({ roundTripTime }) => roundTripTime !== null)?.roundTripTime ?? null,
    loss: { received: worstLoss(streams, 'received'), sent: worstLoss(streams, 'sent') },
  };
};

const worstLoss = (streams: readonly StreamQuality[], direction: StreamQuality['direction']): number | null => {
  const losses = streams.flatMap((stream) => (stream.direction === direction ? (stream.fractionLost ?? []) : []));
  return losses.length === 0 ? null : Math.max(...losses);
};
