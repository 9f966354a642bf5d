import { MAX_CLIENT_MESSAGE, readMessage, type Received } from '../../../src/channel/select.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { clientFaults } from '../../support/events-schema.ts';
import { member, slotOf } from '../../support/members.ts';

const ann = member(new FakeMediaPlane(), 'ann/phone', 'audio both', 'video slot', 'video publish');
const video = slotOf(ann, 'video', 0);

const pin = (userid: string, clientid: string): Received =>
  ({ kind: 'select', slot: video, target: { userid, clientid } }) as Received;
const RELEASE: Received = { kind: 'select', slot: video, target: null };
const IGNORED: Received = { kind: 'ignored' };
const SELECT = { type: 'select', mid: 'm1' };

test.each<[string, object, Received]>([
  ['a device', { ...SELECT, userid: 'ben', clientid: 'desk' }, pin('ben', 'desk')],
  ['the empty device', { ...SELECT, userid: 'ben', clientid: '' }, pin('ben', '')],
  ['a missing device name is the empty one', { ...SELECT, userid: 'ben' }, pin('ben', '')],
  ['a device name of null, too', { ...SELECT, userid: 'ben', clientid: null }, pin('ben', '')],
  ['another device of his own', { ...SELECT, userid: 'ann', clientid: 'desk' }, pin('ann', 'desk')],
  ['members that are not known', { ...SELECT, userid: 'ben', clientid: 'desk', since: 7 }, pin('ben', 'desk')],
  ['release', { ...SELECT, userid: null }, RELEASE],
  ['release, both null', { ...SELECT, userid: null, clientid: null }, RELEASE],
])('select, %s', (_, message, expected) => {
  expect(readMessage(JSON.stringify(message), ann)).toEqual(expected);
  const known = Object.fromEntries(Object.entries(message).filter(([key]) => key !== 'since'));
  expect(clientFaults(known)).toBeNull();
});

test.each<[string, object, string, RegExp]>([
  ['no mid', { type: 'select', userid: 'ben' }, 'select-malformed', /: mid$/],
  ['a mid that is a number', { ...SELECT, mid: 1, userid: 'ben' }, 'select-malformed', /: mid$/],
  ['no user', SELECT, 'select-malformed', /: userid$/],
  ['the empty user', { ...SELECT, userid: '' }, 'select-malformed', /: userid$/],
  ['a user that is an object', { ...SELECT, userid: {} }, 'select-malformed', /: userid$/],
  ['a device that is a number', { ...SELECT, userid: 'ben', clientid: 0 }, 'select-malformed', /: clientid$/],
])('select refused, %s', (_, message, code, detail) => {
  expect(readMessage(JSON.stringify(message), ann)).toEqual({
    kind: 'refused',
    code,
    detail: expect.stringMatching(detail),
  });
  expect(clientFaults(message)).not.toBeNull();
});

test.each<[string, object, string]>([
  ['a mid that is not there', { ...SELECT, mid: 'm9', userid: 'ben' }, 'select-mid'],
  ['a section that only publishes', { ...SELECT, mid: 'm2', userid: 'ben' }, 'select-mid'],
  ['a mid that objects have', { ...SELECT, mid: 'constructor', userid: null }, 'select-mid'],
  ['oneself', { ...SELECT, userid: 'ann', clientid: 'phone' }, 'select-self'],
])('select refused, %s', (_, message, code) => {
  expect(readMessage(JSON.stringify(message), ann)).toMatchObject({ kind: 'refused', code });
});

test.each<[readonly string[], readonly string[]]>([
  [[], []],
  [['audio'], ['audio']],
  [
    ['video', 'audio'],
    ['audio', 'video'],
  ],
])('mute %j', (said, kinds) => {
  const message = { type: 'mute', kinds: said };
  expect(readMessage(JSON.stringify(message), ann)).toEqual({ kind: 'mute', kinds });
  expect(clientFaults(message)).toBeNull();
});

test('mute names each kind once', () => {
  const text = JSON.stringify({ type: 'mute', kinds: ['audio', 'audio'] });
  expect(readMessage(text, ann)).toEqual({ kind: 'mute', kinds: ['audio'] });
});

test.each([
  ['no JSON', 'hello'],
  ['nothing', ''],
  ['half of it', '{"type":"select","mid":"m1"'],
  ['a text', '"select"'],
  ['null', 'null'],
  ['a list', '["select"]'],
  ['another type', '{"type":"shout"}'],
  ['a mute without kinds', '{"type":"mute"}'],
  ['a mute of something else', '{"type":"mute","kinds":["screen"]}'],
  ['no type', '{"mid":"m1","userid":null}'],
  ['what is too long', JSON.stringify({ ...SELECT, userid: 'x'.repeat(MAX_CLIENT_MESSAGE) })],
  ['what is too deep', '['.repeat(4_000)],
])('ignored: %s', (_, text) => {
  expect(readMessage(text, ann)).toEqual(IGNORED);
});

test('the longest ids there are fit', () => {
  const id = '\u0001'.repeat(256);
  const text = JSON.stringify({ ...SELECT, userid: id, clientid: id });
  expect(readMessage(text, ann)).toEqual(pin(id, id));
});
