import { conversationPicture } from '../../../../src/http/admin/conversation-picture.ts';
import type { ConversationView, MemberView } from '../../../../src/http/admin/views.ts';

const member = (peer: string, hears: readonly (string | null)[], userid = peer): MemberView => ({
  ...{ peer, userid, clientid: 'laptop', csrc: 1, tracks: [], traffic: null },
  slots: hears.map((each, index) => ({
    mid: `${index}`,
    kind: index % 2 === 0 ? 'audio' : 'video',
    index,
    hears: each,
  })),
});
const picture = (...members: MemberView[]): string =>
  conversationPicture({ id: 'tea', users: members.map(({ userid }) => userid), members } satisfies ConversationView);
const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;
const LINES = /marker-end=/g;
const NODES = /class="node"/g;

it('has a node for each member and a line for each slot that is filled', () => {
  const svg = picture(member('ann', ['ben', 'ben', null]), member('ben', ['ann']), member('cid', []));
  expect([count(svg, NODES), count(svg, LINES)]).toEqual([3, 3]);
  const titles = [...svg.matchAll(/<title>(.*?)<\/title>/g)].map(([, title]) => title);
  expect(titles).toEqual([
    'tea: 3 joined, 3 connected',
    'ben → ann, audio slot 0',
    'ben → ann, video slot 1',
    'ann → ben, audio slot 0',
    'ann / laptop',
    'ben / laptop',
    'cid / laptop',
  ]);
});

it('has no number that is none, whoever is where', () => {
  for (const count of [0, 1, 2, 3, 12, 100]) {
    const names = Array.from({ length: count }, (_, i) => `m${i}`);
    const svg = picture(...names.map((name, i) => member(name, [names[(i + 1) % count] ?? null])));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect([...svg.matchAll(NODES)]).toHaveLength(count);
  }
});

it('leaves no markup of a name in it, and nothing that XML has no sign for', () => {
  const svg = picture(member('p', [], `<script>"&'\u0000\u001b\ud800</script>`));
  expect(svg).toContain('&lt;script&gt;&quot;&amp;');
  expect(svg).not.toMatch(/<script/);
  expect(svg).not.toMatch(/[\u0000-\u0008\u000e-\u001f]/); // eslint-disable-line no-control-regex -- these are meant
  expect(svg).not.toMatch(/\p{Cs}/u);
});

it('shortens names, and draws no more than can be looked at', () => {
  const names = Array.from({ length: 130 }, (_, i) => `${i}-${'x'.repeat(200)}`);
  const svg = picture(...names.map((name) => member(name, names.slice(0, 20))));
  expect([count(svg, NODES), count(svg, LINES)]).toEqual([100, 1_000]);
  expect(svg).toContain('30 more members, 1000 more routes not drawn');
  expect(svg.length).toBeLessThan(500_000);
});

it('says nothing of a publisher who is not there any more', () => {
  expect(count(picture(member('ann', ['gone'])), LINES)).toBe(0);
});
