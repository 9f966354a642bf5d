import fc from 'fast-check';
import { parseMessage, type Member, type Message } from '../../../../client/src/core/messages.ts';
import { apply, NOTHING, type View } from '../../../../client/src/core/view.ts';

const device = (userid: string, csrc: number): { userid: string; clientid: string; csrc: number } => ({
  userid,
  clientid: 'web',
  csrc,
});
const member = (userid: string, csrc: number): Member => ({ ...device(userid, csrc), publishes: ['audio'] });
const roster = (members: readonly Member[], part = 1, parts = 1): Message => ({
  type: 'roster',
  conversation: 'lobby',
  part,
  parts,
  members,
});

const after = (...messages: readonly Message[]): View =>
  messages.reduce((view, message, at) => apply(view, message, at), NOTHING);

describe('a message', () => {
  it.each([
    { type: 'welcome', ...device('ann', 1), slots: [{ mid: '0', kind: 'audio', index: 0 }], new: 'member' },
    { type: 'roster', conversation: null, part: 1, parts: 1, members: [] },
    { type: 'roster', conversation: 'a', part: 1, parts: 2, members: [{ ...member('ann', 1), muted: ['audio'] }] },
    { type: 'slots', slots: { '0': null, '1': device('ann', 1) } },
    { type: 'speakers', speakers: [device('ann', 1)] },
    { type: 'recording', on: true },
    { type: 'ping' },
    { type: 'error', code: 'select-mid', detail: 'x' },
    { type: 'bye', reason: 'shutdown' },
  ])('of the type $type is read', (message) => {
    expect(parseMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    ['{"type":"fresh"}'],
    ['{"type":"__proto__"}'],
    ['{"type":"toString"}'],
    ['{}'],
    ['null'],
    ['"ping"'],
    ['{'],
    ['{"type":"recording","on":1}'],
    ['{"type":"slots","slots":{"0":{"userid":"ann"}}}'],
    ['{"type":"roster","conversation":"a","part":1,"parts":1,"members":[{"userid":"ann"}]}'],
    ['{"type":"speakers","speakers":{}}'],
  ])('that is none is ignored: %s', (text) => {
    expect(parseMessage(text)).toBeNull();
    expect(parseMessage(new ArrayBuffer(2))).toBeNull();
  });
});

describe('the view', () => {
  it('begins anew with a welcome', () => {
    const view = after(
      roster([member('ann', 1)]),
      { type: 'recording', on: true },
      { type: 'welcome', ...device('ben', 2), slots: [] },
    );
    expect(view).toEqual({ ...NOTHING, me: device('ben', 2) });
  });

  it('has a roster when all of its parts are there, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 1000 }), { maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        (groups) => {
          const parts = groups.map((group) => group.map((csrc) => member(`u${csrc}`, csrc)));
          const messages = parts.map((members, at) => roster(members, at + 1, parts.length));
          // The beginning of one that is never completed comes before.
          const before = after(roster([member('old', 9)]), roster([member('x', 3)], 1, 2));
          messages.slice(0, -1).reduce((view, message) => {
            const next = apply(view, message, 0);
            expect(next.members).toEqual([member('old', 9)]);
            return next;
          }, before);
          expect(messages.reduce((view, message) => apply(view, message, 0), before).members).toEqual(parts.flat());
        },
      ),
    );
  });

  it('keeps a slot that is not named, and the time at which another came', () => {
    const view = after(
      { type: 'slots', slots: { '0': device('ann', 1), '1': null } },
      { type: 'slots', slots: { '0': device('ann', 1) } },
      { type: 'slots', slots: { '1': device('ben', 2) } },
    );
    expect([...view.told]).toEqual([
      ['0', { csrc: 1, at: 0 }],
      ['1', { csrc: 2, at: 2 }],
    ]);
  });

  it('has who speaks and whether it is recorded; a ping changes nothing', () => {
    const view = after(
      { type: 'speakers', speakers: [device('ben', 2), device('ann', 1)] },
      { type: 'recording', on: true },
    );
    expect(view).toMatchObject({ speakers: [2, 1], recording: true });
    for (const message of [
      { type: 'ping' },
      { type: 'bye', reason: 'x' },
      { type: 'error', code: 'x', detail: '' },
    ] as const) {
      expect(apply(view, message, 0)).toBe(view);
    }
  });
});
