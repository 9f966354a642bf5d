import { apply, NOTHING } from '../../support/events-view.ts';
import { Channels } from '../../../src/channel/channels.ts';
import type { ServerMessage } from '../../../src/channel/types.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeChannel } from '../../../src/media/fake/channel.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room } from '../../support/members.ts';
import { StubConversations } from './stub-conversations.ts';

const R = room('r');
const plane = new FakeMediaPlane();
const ann = member(plane, 'ann', 'audio both');
const ben = member(plane, 'ben/desk', 'audio both');

const make = () => {
  const conversations = new StubConversations();
  const clock = new ManualClock();
  const onError = (error: unknown): void => {
    throw error;
  };
  const channels = new Channels({ conversations, isRecorded: () => false, videosOf: () => null, clock, onError });
  const open = (of: Member): FakeChannel => {
    const channel = new FakeChannel();
    channels.open(of, channel);
    return channel;
  };
  return { conversations, clock, open };
};

const typesOf = ({ sent }: FakeChannel): unknown[] => sent.map((text) => (JSON.parse(text) as { type: string }).type);
const viewOf = ({ sent }: FakeChannel) =>
  sent.reduce((view, text) => apply(view, JSON.parse(text) as ServerMessage), NOTHING);

const say = (channel: FakeChannel, kinds: readonly string[]): void =>
  channel.say(JSON.stringify({ type: 'mute', kinds }));
const mutedIn = (channel: FakeChannel): unknown[] =>
  viewOf(channel).members.map((each) => (each as { muted?: readonly string[] }).muted ?? []);

test('a mute is told to everybody, once, until it is taken back', () => {
  const { conversations, clock, open } = make();
  for (const each of [ann, ben]) conversations.enter(R, each);
  conversations.settle();
  const [anns, bens] = [open(ann), open(ben)];
  clock.advance(1_000);
  say(bens, ['audio']);
  clock.advance(1_000);
  expect([mutedIn(anns), mutedIn(bens)]).toEqual([
    [[], ['audio']],
    [[], ['audio']],
  ]);
  const told = typesOf(anns).filter((type) => type === 'roster').length;
  say(bens, ['audio']);
  clock.advance(1_000);
  expect(typesOf(anns).filter((type) => type === 'roster')).toHaveLength(told);
  say(bens, []);
  clock.advance(1_000);
  expect(mutedIn(anns)).toEqual([[], []]);
});

test('a mute holds in another conversation, and ends with the channel', () => {
  const { conversations, clock, open } = make();
  for (const each of [ann, ben]) conversations.enter(R, each);
  conversations.settle();
  const [anns, bens] = [open(ann), open(ben)];
  say(bens, ['audio']);
  for (const each of [ann, ben]) conversations.enter(room('s'), each);
  conversations.settle();
  clock.advance(1_000);
  expect(mutedIn(anns)).toEqual([[], ['audio']]);
  bens.end();
  clock.advance(1_000);
  expect(mutedIn(anns)).toEqual([[], []]);
});
