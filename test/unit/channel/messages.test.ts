import type { CloseReason } from '../../../src/base/close-reason.ts';
import type { ClientId, ConversationId, Csrc, Mid, UserId } from '../../../src/base/ids.ts';
import {
  bye,
  MAX_MESSAGE_BYTES,
  PING,
  refusal,
  roster,
  slots,
  speakers,
  welcome,
} from '../../../src/channel/messages.ts';
import type { ServerMessage } from '../../../src/channel/types.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { apply, NOTHING } from '../../support/events-view.ts';
import {
  CLIENT_SCHEMA,
  clientFaults,
  documentedTypes,
  SERVER_SCHEMA,
  serverFaults,
} from '../../support/events-schema.ts';
import { member, room, slotOf } from '../../support/members.ts';

const plane = new FakeMediaPlane();
const ann = member(plane, 'ann/phone', 'audio both', 'video both', 'audio slot', 'video publish');
const ben = member(plane, 'ben', 'audio slot');
const nameOf = ({ userid, clientid, csrc }: Member) => ({ userid, clientid, csrc });

const read = (texts: readonly string[]): ServerMessage[] =>
  texts.map((text) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    const message = JSON.parse(text) as ServerMessage;
    expect(serverFaults(message)).toBeNull();
    return message;
  });

/** Nobody has said anything to be off. */
const nothing = () => [];

const view = (texts: readonly string[]) => read(texts).reduce(apply, NOTHING);

describe('messages', () => {
  test('welcome: own ids and every slot', () => {
    expect(read([welcome(ann)])).toEqual([
      {
        type: 'welcome',
        ...nameOf(ann),
        slots: [
          { mid: 'm0', kind: 'audio', index: 0 },
          { mid: 'm1', kind: 'video', index: 0 },
          { mid: 'm2', kind: 'audio', index: 1 },
        ],
      },
    ]);
  });

  test('roster: members in their order, each kind they publish once', () => {
    const { texts, mentions } = roster(room('r'), [ben, ann], nothing);
    expect(read(texts)).toEqual([
      {
        type: 'roster',
        conversation: 'r',
        part: 1,
        parts: 1,
        members: [
          { ...nameOf(ben), publishes: [] },
          { ...nameOf(ann), publishes: ['audio', 'video'] },
        ],
      },
    ]);
    expect(mentions).toEqual(new Set([ann.csrc, ben.csrc]));
  });

  test('roster: what somebody has said to be off, and no word of those with whom nothing is', () => {
    const { texts } = roster(room('r'), [ben, ann], (member) => (member === ann ? ['audio'] : []));
    expect(serverFaults(JSON.parse(texts[0] ?? ''))).toBeNull();
    expect(read(texts)).toMatchObject([
      {
        members: [
          { ...nameOf(ben), publishes: [] },
          { ...nameOf(ann), publishes: ['audio', 'video'], muted: ['audio'] },
        ],
      },
    ]);
    expect(texts[0]?.match(/muted/g)).toHaveLength(1);
  });

  test('roster of nobody', () => {
    expect(read(roster(null, [], nothing).texts)).toEqual([
      { type: 'roster', conversation: null, part: 1, parts: 1, members: [] },
    ]);
  });

  test('slots: a member, or null, per mid; nothing at all for somebody without a slot', () => {
    const heard = new Map([
      [slotOf(ann, 'audio', 0), ben],
      [slotOf(ann, 'video', 0), null],
    ]);
    const { texts, mentions } = slots(ann.slots, heard);
    expect(read(texts)).toEqual([{ type: 'slots', slots: { m0: nameOf(ben), m1: null, m2: null } }]);
    expect(mentions).toEqual(new Set([ben.csrc]));
    expect(slots([], new Map()).texts).toEqual([]);
  });

  test('slots: any mid is a mid', () => {
    const slot = { ...slotOf(ben, 'audio', 0), mid: '__proto__' as Mid };
    expect(slots([slot], new Map([[slot, ann]])).texts[0]).toContain('{"__proto__":{"userid":"ann"');
  });

  test('speakers: in their order', () => {
    const { texts, mentions } = speakers([ben, ann]);
    expect(read(texts)).toEqual([{ type: 'speakers', speakers: [nameOf(ben), nameOf(ann)] }]);
    expect(mentions).toEqual(new Set([ann.csrc, ben.csrc]));
    expect(read(speakers([]).texts)).toEqual([{ type: 'speakers', speakers: [] }]);
  });

  test('ping and error', () => {
    expect(read([PING, refusal('select-mid', 'why')])).toEqual([
      { type: 'ping' },
      { type: 'error', code: 'select-mid', detail: 'why' },
    ]);
  });

  test.each<[CloseReason, boolean]>([
    ['replaced', true],
    ['removed', true],
    ['shutdown', true],
    ['gone', false],
    ['silent', false],
    ['failed', false],
    ['abandoned', false],
  ])('bye, %s: %p', (reason, isSaid) => {
    const text = bye(reason);
    expect(text === null ? [] : read([text])).toEqual(isSaid ? [{ type: 'bye', reason }] : []);
  });
});

describe('the longest of everything', () => {
  /** As JSON six bytes for each character. */
  const longest = (n: number): string => '\u0001'.repeat(253) + String(n).padStart(3, '0');
  const crowd = (count: number, name: (n: number) => string): Member[] =>
    Array.from({ length: count }, (_, n) => ({
      ...ann,
      userid: name(n) as UserId,
      clientid: name(n) as ClientId,
      csrc: (4_000_000_000 + n) as Csrc,
    }));

  test('a roster of 200 usual members is two messages', () => {
    const members = crowd(200, (n) => `8f14e45f-ceea-4a7f-9e5b-${n}`);
    const { texts } = roster(room('r'), members, nothing);
    expect(texts).toHaveLength(2);
    expect(view(texts).members).toHaveLength(200);
  });

  test.each([
    ['control characters', longest],
    ['two code units for a character', (n: number) => '𐍈'.repeat(253) + String(n).padStart(3, '0')],
  ])('a roster of 200 members with ids of 256 characters fits, in parts: %s', (_, name) => {
    const members = crowd(200, name);
    const { texts } = roster(longest(0) as ConversationId, members, nothing);
    expect(view(texts).members).toEqual(members.map((each) => ({ ...nameOf(each), publishes: ['audio', 'video'] })));
    expect(view(texts.slice(0, -1)).members).toEqual([]);
    // After a half a new one begins: nobody is there twice.
    expect(view([...texts.slice(0, 3), ...texts]).members).toHaveLength(200);
  });

  test('128 slots with 128 such members fit', () => {
    const own = Array.from({ length: 128 }, (_, index) => ({
      ...slotOf(ann, 'audio', 0),
      mid: `mid-------------${index}`.slice(-16) as Mid,
      index,
    }));
    const members = crowd(128, longest);
    const { texts } = slots(own, new Map(own.map((slot, n) => [slot, members[n] ?? null])));
    expect([...view(texts).slots].map(([mid, device]) => [mid, device?.csrc])).toEqual(
      own.map(({ mid }, n) => [mid, members[n]?.csrc]),
    );
    read([welcome({ ...members[0]!, slots: own })]);
  });

  test('of too many speakers the loudest are named', () => {
    const members = crowd(100, longest);
    const { texts, mentions } = speakers(members);
    const named = view(texts).speakers.map(({ csrc }) => csrc);
    expect(named).toEqual(members.slice(0, named.length).map(({ csrc }) => csrc));
    expect(named.length).toBeGreaterThan(3);
    expect([...mentions]).toEqual(named);
  });
});

describe('docs/events.md', () => {
  /** One or more of each type of the code; the compiler finds a type that is missing or wrong. */
  const FIXTURES: { readonly [Type in ServerMessage['type']]: readonly Extract<ServerMessage, { type: Type }>[] } = {
    welcome: [{ type: 'welcome', ...nameOf(ann), slots: [{ mid: '0' as Mid, kind: 'video', index: 0 }] }],
    roster: [
      { type: 'roster', conversation: null, part: 1, parts: 1, members: [] },
      {
        type: 'roster',
        conversation: room('r'),
        part: 2,
        parts: 3,
        members: [{ ...nameOf(ben), publishes: ['video'] }],
      },
    ],
    slots: [{ type: 'slots', slots: { '0': nameOf(ann), '1': null } }],
    speakers: [{ type: 'speakers', speakers: [nameOf(ben)] }],
    recording: [
      { type: 'recording', on: true },
      { type: 'recording', on: false },
    ],
    congestion: (['all', 'fewer', 'none'] as const).map((video) => ({ type: 'congestion', video })),
    ping: [{ type: 'ping' }],
    error: (['select-malformed', 'select-mid', 'select-conversation', 'select-self'] as const).map((code) => ({
      type: 'error',
      code,
      detail: 'why',
    })),
    bye: (['replaced', 'removed', 'shutdown'] as const).map((reason) => ({ type: 'bye', reason })),
  };

  it('has the types of the code, and no others', () => {
    expect(documentedTypes().sort()).toEqual(Object.keys(FIXTURES).sort());
  });

  it.each(Object.entries(FIXTURES))('agrees with the code on %s', (type, messages) => {
    for (const message of messages) {
      expect(serverFaults(message)).toBeNull();
      // Every member that the code has is one that must be there.
      for (const key of Object.keys(message)) {
        expect(
          serverFaults(Object.fromEntries(Object.entries(message).filter(([each]) => each !== key))),
        ).not.toBeNull();
      }
      expect(serverFaults({ ...message, type: `${type}s` })).not.toBeNull();
      expect(apply(NOTHING, message)).toBeDefined();
    }
  });

  it('names every type, and what a client says, in its text', () => {
    expect(Object.keys((SERVER_SCHEMA as { $defs: object }).$defs)).toEqual(expect.arrayContaining(documentedTypes()));
    expect(Object.keys((CLIENT_SCHEMA as { $defs: object }).$defs)).toEqual(['select', 'mute']);
    expect(clientFaults({ type: 'select', mid: '4', userid: 'ann', clientid: 'phone' })).toBeNull();
    expect(clientFaults({ type: 'select', mid: '4', userid: null })).toBeNull();
    expect(clientFaults({ type: 'mute', kinds: ['audio'] })).toBeNull();
  });
});
