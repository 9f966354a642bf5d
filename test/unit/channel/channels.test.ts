import type { ConversationId, PeerId } from '../../../src/base/ids.ts';
import { apply, NOTHING } from '../../support/events-view.ts';
import { BURST } from '../../../src/channel/bucket.ts';
import { Channels } from '../../../src/channel/channels.ts';
import type { ServerMessage } from '../../../src/channel/types.ts';
import type { ChannelReport } from '../../../src/channel/types.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeChannel } from '../../../src/media/fake/channel.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room, slotOf } from '../../support/members.ts';
import { StubConversations } from './stub-conversations.ts';

const R = room('r');
const plane = new FakeMediaPlane();

const make = () => {
  const conversations = new StubConversations();
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const recorded = new Set<ConversationId>();
  const isRecorded = (conversation: ConversationId): boolean => recorded.has(conversation);
  const videos = new Map<PeerId, number>();
  const videosOf = (peer: PeerId): number | null => videos.get(peer) ?? null;
  const channels = new Channels({ conversations, isRecorded, videosOf, clock, onError: (error) => errors.push(error) });
  const reports: [string, ChannelReport][] = [];
  channels.events.on('closed', ({ userid }, report) => reports.push([userid, report]));
  const open = (of: Member): FakeChannel => {
    const channel = new FakeChannel();
    channels.open(of, channel);
    return channel;
  };
  return { conversations, recorded, videos, clock, errors, channels, reports, open };
};

const typesOf = ({ sent }: FakeChannel): unknown[] => sent.map((text) => (JSON.parse(text) as { type: string }).type);
const viewOf = ({ sent }: FakeChannel) =>
  sent.reduce((view, text) => apply(view, JSON.parse(text) as ServerMessage), NOTHING);
const namesIn = (channel: FakeChannel): string[] => viewOf(channel).members.map(({ userid }) => userid);
const ann = member(plane, 'ann', 'audio both', 'audio slot', 'video slot');
const ben = member(plane, 'ben/desk', 'audio both');
const cid = member(plane, 'cid', 'audio both');

describe('what a client is told', () => {
  test('in no conversation: who it is, that it is nowhere, that nobody is heard, that nobody speaks', () => {
    const { open } = make();
    const channel = open(ann);
    expect(typesOf(channel)).toEqual(['welcome', 'roster', 'slots', 'speakers']);
    expect(viewOf(channel)).toMatchObject({
      me: { userid: 'ann', clientid: '', csrc: ann.csrc },
      conversation: null,
      members: [],
      slots: new Map([
        ['m0', null],
        ['m1', null],
        ['m2', null],
      ]),
      speakers: [],
    });
  });

  test('in a conversation, at once, however long the device was there before', () => {
    const { conversations, open } = make();
    for (const each of [ann, ben]) conversations.enter(R, each);
    conversations.route(ann, slotOf(ann, 'audio', 1), ben);
    conversations.speak(R, [ben]);
    conversations.settle();
    const view = viewOf(open(ann));
    const device = { userid: 'ben', clientid: 'desk', csrc: ben.csrc };
    expect(view.conversation).toBe('r');
    expect(view.members.map(({ userid }) => userid)).toEqual(['ann', 'ben']);
    expect(view.slots.get('m1')).toEqual(device);
    expect(view.speakers).toEqual([device]);
  });

  test('that it is recorded, when it is so, wherever it goes; whoever is not is told nothing', () => {
    const { conversations, recorded, channels, clock, open } = make();
    const said = ({ sent }: FakeChannel): unknown[] =>
      sent
        .splice(0)
        .filter((text) => text.includes('"recording"'))
        .map((text): unknown => JSON.parse(text));
    const [on, off] = [true, false].map((value) => [{ type: 'recording', on: value }]);
    for (const each of [ann, ben]) conversations.enter(R, each);
    conversations.settle();
    const channel = open(ann);
    clock.advance(500);
    expect(said(channel)).toEqual([]);

    recorded.add(R);
    channels.recordingChanged(R);
    clock.advance(50);
    expect(said(channel)).toEqual(on);
    expect(said(open(ben))).toEqual(on);
    conversations.enter(R, cid);
    conversations.settle();
    expect(said(open(cid))).toEqual(on);

    conversations.leave(ann);
    conversations.settle();
    clock.advance(200);
    expect(said(channel)).toEqual(off);
    conversations.enter(R, ann);
    conversations.settle();
    clock.advance(200);
    expect(said(channel)).toEqual(on);

    recorded.delete(R);
    channels.recordingChanged(R);
    clock.advance(200);
    expect(said(channel)).toEqual(off);
  });

  test('how much video its line has room for, where that is not all', () => {
    const { videos, channels, clock, open } = make();
    const said = ({ sent }: FakeChannel): unknown[] =>
      sent.splice(0).flatMap((text) => (JSON.parse(text) as { type: string; video?: string }).video ?? []);
    const [channel, other] = [open(ann), open(ben)];
    for (const count of [3, 0, null]) {
      if (count === null) videos.delete(ann.id);
      else videos.set(ann.id, count);
      channels.videosChanged(ann.id);
      clock.advance(200);
    }
    expect([said(channel), said(other)]).toEqual([['fewer', 'none', 'all'], []]);
    videos.set(ann.id, 1);
    expect(said(open(ann))).toEqual(['fewer']);
  });

  test('what changes, within 50 ms; what does not change is not repeated', () => {
    const { conversations, clock, open } = make();
    for (const each of [ann, ben]) conversations.enter(R, each);
    conversations.settle();
    const channel = open(ann);
    clock.advance(500);
    channel.sent.length = 0;

    conversations.enter(R, cid);
    conversations.settle();
    clock.advance(50);
    expect(typesOf(channel)).toEqual(['roster']);
    expect(namesIn(channel)).toEqual(['ann', 'ben', 'cid']);

    conversations.route(ann, slotOf(ann, 'audio', 0), cid);
    conversations.speak(R, [cid]);
    conversations.settle();
    clock.advance(50);
    expect(typesOf(channel)).toEqual(['roster', 'slots', 'speakers']);

    conversations.route(ann, slotOf(ann, 'audio', 0), cid);
    conversations.speak(R, [cid]);
    conversations.settle();
    clock.advance(300);
    expect(channel.sent).toHaveLength(3);
  });

  test('who leaves, and where another conversation is', () => {
    const { conversations, clock, open } = make();
    for (const each of [ann, ben]) conversations.enter(R, each);
    conversations.settle();
    const [annChannel, benChannel] = [open(ann), open(ben)];
    conversations.leave(ben);
    conversations.settle();
    clock.advance(1_000);
    expect(namesIn(annChannel)).toEqual(['ann']);
    expect(viewOf(benChannel)).toMatchObject({ conversation: null, members: [] });
    conversations.enter(room('other'), ben);
    conversations.settle();
    clock.advance(1_000);
    expect(viewOf(benChannel)).toMatchObject({ conversation: 'other', members: [{ userid: 'ben' }] });
    expect(viewOf(annChannel).conversation).toBe('r');
  });

  test('somebody is in the roster before he is in a slot or speaks, however long the roster takes', () => {
    const { conversations, clock, open } = make();
    const crowd = Array.from({ length: 80 }, (_, n) => member(plane, `u${n}`));
    for (const each of [ann, ...crowd]) conversations.enter(R, each);
    conversations.settle();
    const channel = open(ann);
    channel.sent.length = 0;
    conversations.enter(R, ben);
    conversations.route(ann, slotOf(ann, 'audio', 0), ben);
    conversations.speak(R, [ben]);
    conversations.settle();
    clock.advance(500);
    expect(channel.sent).toEqual([]);
    clock.advance(50);
    expect(typesOf(channel)).toEqual(['roster', 'slots', 'speakers']);
  });

  test('one text for all: a roster is written once', () => {
    const { conversations, open } = make();
    let reads = 0;
    const membersOf = conversations.membersOf.bind(conversations);
    for (const each of [ann, ben, cid]) conversations.enter(R, each);
    conversations.settle();
    conversations.membersOf = (id) => {
      reads += 1;
      return membersOf(id);
    };
    const rosters = [ann, ben, cid].map((each) => open(each).sent.find((text) => text.includes('"roster"')));
    expect(reads).toBe(1);
    expect(new Set(rosters).size).toBe(1);
  });
});

describe('ping', () => {
  test('each second, from one timer for all, which ends with the last channel', () => {
    const { clock, open, channels } = make();
    expect(clock.timers).toBe(0);
    const first = open(ann);
    clock.advance(500);
    const second = open(ben);
    expect(clock.timers).toBe(1);
    clock.advance(10_000);
    const pings = [first, second].map((channel) => typesOf(channel).filter((type) => type === 'ping').length);
    expect(pings).toEqual([10, 10]);
    channels.end(ann.id, 'gone');
    channels.end(ben.id, 'gone');
    clock.advance(100);
    expect([clock.timers, channels.size]).toEqual([0, 0]);
  });
});

describe('a client that reads nothing', () => {
  test('is tried each second, and told the latest when it reads', () => {
    const { conversations, clock, open } = make();
    const channel = open(ann);
    let tries = 0;
    const send = channel.send.bind(channel);
    channel.send = (text) => {
      tries += 1;
      return send(text);
    };
    channel.stuck = true;
    for (let n = 0; n < 100; n += 1) {
      conversations.enter(room(`r${n}`), ann);
      conversations.settle();
      clock.advance(100);
    }
    expect(tries).toBe(10);
    channel.sent.length = 0;
    channel.stuck = false;
    clock.advance(1_000);
    expect(typesOf(channel)).toEqual(['roster', 'ping']);
    expect(viewOf(channel).conversation).toBe('r99');
  });

  test('from the start gets its welcome first', () => {
    const { clock, channels } = make();
    const channel = new FakeChannel();
    channel.stuck = true;
    channels.open(ann, channel);
    channel.events.emit('message', '{"type":"select","mid":"x","userid":null}');
    channel.stuck = false;
    channel.events.emit('message', '{"type":"select","mid":"x","userid":null}');
    expect(channel.sent).toEqual([]);
    clock.advance(1_000);
    expect(typesOf(channel)).toEqual(['welcome', 'roster', 'slots', 'speakers', 'ping']);
  });

  test('in the middle of a roster gets the whole of the next', () => {
    const { conversations, clock, open } = make();
    const channel = open(ann);
    const crowd = Array.from({ length: 40 }, (_, n) => member(plane, `${'\u0001'.repeat(250)}${n}`));
    const send = channel.send.bind(channel);
    let left = 2;
    channel.send = (text) => left-- > 0 && send(text);
    for (const each of [ann, ...crowd]) conversations.enter(R, each);
    conversations.settle();
    clock.advance(200);
    expect(viewOf(channel).coming.length).toBeGreaterThan(0);
    left = 100;
    conversations.leave(crowd[0]!);
    conversations.settle();
    clock.advance(1_000);
    expect(namesIn(channel)).toEqual([ann, ...crowd.slice(1)].map(({ userid }) => userid));
  });

  test('in the middle of a roster gets the one before again, where it came to that', () => {
    const { conversations, clock, open } = make();
    const crowd = Array.from({ length: 40 }, (_, n) => member(plane, `${'\u0001'.repeat(250)}${n}`));
    for (const each of [ann, ...crowd]) conversations.enter(R, each);
    conversations.settle();
    const channel = open(ann);
    clock.advance(500);
    const send = channel.send.bind(channel);
    let left = 1;
    channel.send = (text) => left-- > 0 && send(text);
    for (const change of [() => conversations.enter(R, ben), () => conversations.leave(ben)]) {
      change();
      conversations.settle();
      clock.advance(200);
    }
    expect(viewOf(channel).coming.length).toBeGreaterThan(0);
    left = 100;
    clock.advance(1_000);
    expect(viewOf(channel).coming).toEqual([]);
    expect(namesIn(channel)).toHaveLength(41);
  });
});

describe('what a client says', () => {
  const select = (channel: FakeChannel, fields: object): void =>
    channel.events.emit('message', JSON.stringify({ type: 'select', mid: 'm1', ...fields }));

  test('select pins, null releases', () => {
    const { conversations, open } = make();
    conversations.enter(R, ann);
    const channel = open(ann);
    const before = channel.sent.length;
    select(channel, { userid: 'ben', clientid: 'desk' });
    select(channel, { userid: null });
    const slot = slotOf(ann, 'audio', 1);
    expect(conversations.pins).toEqual([
      { peer: ann.id, slot, target: { userid: 'ben', clientid: 'desk' } },
      { peer: ann.id, slot, target: null },
    ]);
    expect(channel.sent).toHaveLength(before);
  });

  test('what cannot be is answered, and nothing is pinned', () => {
    const { conversations, open } = make();
    const channel = open(ann);
    select(channel, { mid: 'm9', userid: 'ben' });
    expect(channel.sent.map((text): unknown => JSON.parse(text)).at(-1)).toEqual({
      type: 'error',
      code: 'select-mid',
      detail: 'no slot of this connection has this mid',
    });
    expect(conversations.pins).toEqual([]);
  });

  test('in no conversation there is nothing to select', () => {
    const { open } = make();
    const channel = open(ann);
    select(channel, { userid: 'ben' });
    expect(JSON.parse(channel.sent.at(-1) ?? '')).toMatchObject({ type: 'error', code: 'select-conversation' });
  });

  test('what is too much is dropped, what is unknown ignored, both are counted, and it costs nobody else', () => {
    const { conversations, clock, open, channels, reports } = make();
    const [channel, other] = [open(ann), open(ben)];
    const before = channel.sent.length;
    for (let n = 0; n < 5; n += 1) channel.events.emit('message', 'hello');
    for (let n = 0; n < 1_000; n += 1) select(channel, { mid: 'm9', userid: 'ben' });
    expect(channel.sent).toHaveLength(before + BURST - 5);
    select(other, { mid: 'm0', userid: 'ann' });
    expect(conversations.pins).toHaveLength(1);
    clock.advance(1_000);
    select(channel, { userid: 'ben' });
    expect(conversations.pins).toHaveLength(2);
    channels.end(ann.id, 'gone');
    expect(reports).toEqual([['ann', { ignored: 5, limited: 985 }]]);
  });
});

describe('the end', () => {
  test('bye is the last word; then nothing is said or heard', () => {
    const { conversations, clock, channels, open } = make();
    const channel = open(ann);
    channels.end(ann.id, 'replaced');
    const sent = channel.sent.length;
    expect(channel.sent.at(-1)).toBe('{"type":"bye","reason":"replaced"}');
    conversations.enter(R, ann);
    conversations.settle();
    channel.events.emit('message', '{"type":"select","mid":"m0","userid":null}');
    clock.advance(5_000);
    channels.end(ann.id, 'shutdown');
    expect(channel.sent).toHaveLength(sent);
    expect(conversations.pins).toEqual([]);
  });

  test('no bye where the client knows', () => {
    const { channels, open } = make();
    const channel = open(ann);
    channels.end(ann.id, 'gone');
    expect(typesOf(channel)).not.toContain('bye');
  });

  test('a channel that the client closes is forgotten, once', () => {
    const { clock, channels, open, reports } = make();
    const channel = open(ann);
    channel.events.emit('closed');
    channel.events.emit('closed');
    channels.end(ann.id, 'replaced');
    clock.advance(100);
    expect(typesOf(channel)).not.toContain('bye');
    expect([channels.size, clock.timers, reports.length]).toEqual([0, 0, 1]);
  });

  test('a channel that throws costs itself', () => {
    const { clock, channels, open, errors } = make();
    const [bad, good] = [open(ann), open(ben)];
    bad.send = () => {
      throw new Error('gone to NULL');
    };
    clock.advance(1_000);
    expect(errors).toEqual([new Error('gone to NULL')]);
    expect(typesOf(good)).toContain('ping');
    expect(channels.size).toBe(1);
  });

  test('close ends the timer, and nothing is heard of conversations any more', () => {
    const { conversations, clock, channels, open } = make();
    const channel = open(ann);
    channels.close();
    channels.close();
    conversations.enter(R, ann);
    conversations.settle();
    clock.advance(2_000);
    expect(channel.sent).toHaveLength(4);
    expect([channels.size, clock.timers]).toEqual([0, 0]);
  });
});
