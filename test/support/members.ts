import { Emitter } from '../../src/base/emitter.ts';
import type { ClientId, ConversationId, PeerId, UserId } from '../../src/base/ids.ts';
import { Conversation } from '../../src/conversation/conversation.ts';
import { Ticker, TICK_MS } from '../../src/conversation/ticker.ts';
import type { ConversationEvents, Member } from '../../src/conversation/types.ts';
import type { FakeGraph } from '../../src/media/fake/graph.ts';
import type { FakeMediaPlane } from '../../src/media/fake/plane.ts';
import type { Slot, Track, TrackLevel } from '../../src/media/types.ts';
import type { MediaKind } from '../../src/sdp/types.ts';
import { ManualClock } from './manual-clock.ts';
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

/** A conversation on a graph of its own, ticked by a clock that the test moves; everything it tells is in `told`. */
export class TestRoom {
  readonly clock = new ManualClock();
  readonly graph: FakeGraph;
  readonly faults: unknown[] = [];
  readonly videoLimits = new Map<PeerId, number>();
  readonly events = new Emitter<ConversationEvents>((error) => this.faults.push(error));
  readonly conversation: Conversation;
  /** `roster a b`, `heard a: b -`, `speakers a`: by user name, oldest first. */
  readonly told: string[] = [];

  constructor(plane: FakeMediaPlane) {
    const onFault = (error: unknown): void => void this.faults.push(error);
    this.graph = plane.openGraph();
    const ticker = new Ticker(this.clock, onFault);
    this.conversation = new Conversation(room('r'), {
      ...{ graph: this.graph, ticker, events: this.events, onFault },
      videoLimits: this.videoLimits,
    });
    const names = (members: Iterable<Member | null>): string =>
      [...members].map((each) => each?.userid ?? '-').join(' ');
    this.events.on('roster', (_, members) => this.told.push(`roster ${names(members)}`));
    this.events.on('speakers', (_, members) => this.told.push(`speakers ${names(members)}`));
    this.events.on('heard', (_, { userid }, slots) => this.told.push(`heard ${userid}: ${names(slots.values())}`));
  }

  enter(...members: readonly Member[]): Promise<void> {
    for (const each of members) this.conversation.enter(each);
    return settled();
  }

  /** Lets these speak and the other ones be silent for as many ticks. */
  async hear(ticks: number, speaking: readonly Member[], silent: readonly Member[] = []): Promise<void> {
    for (let i = 0; i < ticks; i++) {
      for (const each of speaking) this.graph.publish(voice(trackOf(each, 'audio'), i));
      for (const each of silent) this.graph.publish(silence(trackOf(each, 'audio')));
      this.clock.advance(TICK_MS);
      await settled();
    }
  }

  /** What was told since the last call. */
  takeTold(): string[] {
    return this.told.splice(0);
  }
}

const SYLLABLES = [-26, -18, -22, -31, -40, -24, -19, -28, -45, -33];

/** A tick of speech: five packets that swing as a voice does. */
export const voice = (track: Track, tick: number): TrackLevel => ({
  track,
  packets: 5,
  bytes: 400,
  levels: Array.from({ length: 5 }, (_, i) => SYLLABLES[(tick * 5 + i) % SYLLABLES.length] ?? -30),
  voiced: 5,
});

/** A tick of an open microphone in a quiet room. */
export const silence = (track: Track): TrackLevel => ({
  track,
  packets: 5,
  bytes: 200,
  levels: [-80, -81, -80, -79, -80],
  voiced: 0,
});
