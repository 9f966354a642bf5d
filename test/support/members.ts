import type { ClientId, ConversationId, UserId } from '../../src/base/ids.ts';
import type { Member } from '../../src/conversation/types.ts';
import type { FakeMediaPlane } from '../../src/media/fake/plane.ts';
import type { Slot, Track } from '../../src/media/types.ts';
import type { MediaKind } from '../../src/sdp/types.ts';
import { peerRequest, type SectionText } from './offers.ts';

export const user = (name: string): UserId => name as UserId;
export const room = (name: string): ConversationId => name as ConversationId;

/** A connected device of a user, with a peer of its own on the plane; by default the documented page's one section. */
export function member(plane: FakeMediaPlane, name: string, ...sections: SectionText[]): Member {
  const [userid = '', clientid = ''] = name.split('/');
  const request = peerRequest(...(sections.length === 0 ? (['audio both'] as const) : sections));
  const { id, tracks, slots } = plane.openPeer(request);
  return { id, userid: userid as UserId, clientid: clientid as ClientId, csrc: request.csrc, tracks, slots };
}

/** The n-th slot of a kind; throws where there is none. */
export function slotOf(of: Pick<Member, 'slots'>, kind: MediaKind, index: number): Slot {
  const slot = of.slots.find((each) => each.kind === kind && each.index === index);
  if (slot === undefined) throw new RangeError(`no ${kind} slot ${index}`);
  return slot;
}

/** The first track of a kind; throws where there is none. */
export function trackOf(of: Pick<Member, 'tracks'>, kind: MediaKind): Track {
  const track = of.tracks.find((each) => each.kind === kind);
  if (track === undefined) throw new RangeError(`no ${kind} track`);
  return track;
}

/** Lets everything that was queued for the end of this turn happen. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
