import fc from 'fast-check';
import { apply, NOTHING, type View } from '../../support/events-view.ts';
import { Channels } from '../../../src/channel/channels.ts';
import { intervalOf, type Topic } from '../../../src/channel/outbox.ts';
import type { ServerMessage } from '../../../src/channel/types.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeChannel } from '../../../src/media/fake/channel.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { serverFaults } from '../../support/events-schema.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room } from '../../support/members.ts';
import { StubConversations } from './stub-conversations.ts';

/** A client that checks each message as it comes. */
class Reader extends FakeChannel {
  view: View = NOTHING;
  readonly #clock: ManualClock;
  readonly #next = new Map<string, number>();
  #messages: number[] = [];

  constructor(clock: ManualClock) {
    super();
    this.#clock = clock;
  }

  override send(text: string): boolean {
    if (!super.send(text)) return false;
    const message = JSON.parse(text) as ServerMessage;
    expect(serverFaults(message)).toBeNull();
    if (this.sent.length === 1) expect(message.type).toBe('welcome');
    this.#checkPace(message);
    this.#checkNames(message);
    this.view = apply(this.view, message);
    return true;
  }

  /** Never sooner than the interval after the last of its type, and few in any second. */
  #checkPace(message: ServerMessage): void {
    const now = this.#clock.now();
    expect(now).toBeGreaterThanOrEqual(this.#next.get(message.type) ?? 0);
    const members = message.type === 'roster' ? message.members.length : this.view.members.length;
    this.#next.set(message.type, now + intervalOf(message.type as Topic, members));
    this.#messages = [...this.#messages.filter((at) => at > now - 1_000), now];
    // Three topics in each tenth of a second, the welcome and a ping.
    expect(this.#messages.length).toBeLessThanOrEqual(3 * 10 + 2);
  }

  #checkNames(message: ServerMessage): void {
    const known = new Set(this.view.members.map(({ csrc }) => csrc));
    const named =
      message.type === 'slots' ? Object.values(message.slots) : message.type === 'speakers' ? message.speakers : [];
    for (const device of named) if (device !== null) expect(known).toContain(device.csrc);
  }
}

const DEVICES = ['ann', 'ann/phone', 'ben', 'cid', 'dan'] as const;
const ROOMS = ['r', 's'] as const;

const pick = fc.nat({ max: 4 });
const step = fc.oneof(
  fc.record({ do: fc.constant('enter' as const), who: pick, where: fc.nat({ max: 1 }) }),
  fc.record({ do: fc.constant('leave' as const), who: pick }),
  fc.record({ do: fc.constant('route' as const), who: pick, slot: fc.nat({ max: 2 }), talker: fc.option(pick) }),
  fc.record({ do: fc.constant('speak' as const), where: fc.nat({ max: 1 }), order: fc.uniqueArray(pick) }),
  fc.record({ do: fc.constant('open' as const), who: pick }),
  fc.record({ do: fc.constant('stick' as const), who: pick, stuck: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly clock = new ManualClock();
  readonly conversations = new StubConversations();
  readonly devices: readonly Member[];
  readonly readers = new Map<Member, Reader>();
  readonly #channels: Channels;

  constructor() {
    const plane = new FakeMediaPlane();
    this.devices = DEVICES.map((name) => member(plane, name, 'audio both', 'audio slot', 'video slot'));
    const onError = (error: unknown): never => {
      throw error;
    };
    this.#channels = new Channels({
      conversations: this.conversations,
      isRecorded: () => false,
      videosOf: () => null,
      clock: this.clock,
      onError,
    });
    // The others come in, and open their channels, by steps.
    for (const device of this.devices.slice(0, 3)) {
      this.conversations.enter(this.#room(0), device);
      this.#open(device);
    }
    this.conversations.settle();
  }

  /** Each step is a turn of the event loop: what conversations tell at its end is told before time goes on. */
  take(step: Step): void {
    switch (step.do) {
      case 'enter':
        this.conversations.enter(this.#room(step.where), this.#device(step.who));
        break;
      case 'leave':
        this.conversations.leave(this.#device(step.who));
        break;
      case 'route':
        this.#route(this.#device(step.who), step.slot, step.talker === null ? null : this.#device(step.talker));
        break;
      case 'speak': {
        const members = this.conversations.membersOf(this.#room(step.where));
        const speakers = step.order.map((n) => this.#device(n)).filter((each) => members.includes(each));
        this.conversations.speak(this.#room(step.where), speakers);
        break;
      }
      case 'open':
        this.#open(this.#device(step.who));
        break;
      case 'stick':
        this.#stick(this.#device(step.who), step.stuck);
        break;
      case 'wait':
        this.clock.advance(step.ms);
        break;
      default:
        step satisfies never;
    }
    this.conversations.settle();
  }

  /** What a client of this device should know. */
  expected(device: Member): Pick<View, 'conversation' | 'members' | 'slots' | 'speakers'> {
    const conversation = this.conversations.placeOf(device);
    const nameOf = ({ userid, clientid, csrc }: Member) => ({ userid, clientid, csrc });
    const heard = this.conversations.slotsOf(device.id);
    const [members, speakers] =
      conversation === null
        ? [[], []]
        : [this.conversations.membersOf(conversation), this.conversations.speakersOf(conversation)];
    return {
      conversation,
      members: members.map((each) => ({ ...nameOf(each), publishes: ['audio'] })),
      slots: new Map(
        device.slots
          .map((slot) => [slot.mid, heard.get(slot) ?? null] as const)
          .map(([mid, talker]) => [mid, talker === null ? null : nameOf(talker)]),
      ),
      speakers: speakers.map(nameOf),
    };
  }

  #open(device: Member): void {
    if (this.readers.has(device)) return;
    const reader = new Reader(this.clock);
    this.readers.set(device, reader);
    this.#channels.open(device, reader);
  }

  #stick(device: Member, stuck: boolean): void {
    const reader = this.readers.get(device);
    if (reader !== undefined) reader.stuck = stuck;
  }

  #route(receiver: Member, index: number, talker: Member | null): void {
    const place = this.conversations.placeOf(receiver);
    const slot = receiver.slots[index];
    if (place === null || slot === undefined) return;
    const isThere = talker !== null && this.conversations.placeOf(talker) === place;
    this.conversations.route(receiver, slot, isThere ? talker : null);
  }

  #device(n: number): Member {
    return this.devices[n]!;
  }

  #room(n: number): ReturnType<typeof room> {
    return room(ROOMS[n]!);
  }
}

test('whatever happens, in the end a client knows how things are, and on the way it is told neither too much nor too soon', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
      const world = new World();
      for (const each of steps) world.take(each);
      for (const reader of world.readers.values()) reader.stuck = false;
      world.clock.advance(2_000);
      for (const [device, reader] of world.readers) {
        const { conversation, members, slots, speakers } = reader.view;
        expect({ conversation, members, slots, speakers }).toEqual(world.expected(device));
      }
    }),
    { numRuns: 100 },
  );
});
