import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConversationId } from '../../../src/base/ids.ts';
import type { SpooledEvent } from '../../../src/webhooks/types.ts';
import { Webhooks, type WebhooksOptions } from '../../../src/webhooks/webhooks.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhooks-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function setUp(options: Partial<WebhooksOptions> = {}) {
  const clock = new ManualClock(1_000);
  const sent: SpooledEvent[] = [];
  const reports: string[] = [];
  const errors: unknown[] = [];
  const webhooks = await Webhooks.open({
    spool: folder,
    maxWaiting: 100,
    ttlMs: 1_000_000,
    send: (event) => {
      sent.push(event);
      return Promise.resolve(true);
    },
    clock,
    wallMs: () => 1_700_000_000_000 + clock.now(),
    random: () => 1,
    report: {
      webhooksFull: (waiting) => reports.push(`full at ${waiting}`),
      webhooksResumed: (lost) => reports.push(`lost ${lost}`),
      webhookExpired: (conversation) => reports.push(`expired ${conversation}`),
      fault: (error) => errors.push(error),
    },
    ...options,
  });
  const open = (name: string): void =>
    webhooks.sink({ name: 'conversation-opened', fields: { conversation: name as ConversationId } });
  return { webhooks, clock, sent, reports, errors, open };
}

const until = (what: string, holds: () => boolean): Promise<true> =>
  eventually(what, () => Promise.resolve(holds() ? true : null));

it('delivers what happens, each under an id of its own, and forgets it', async () => {
  const { webhooks, sent, open, errors } = await setUp();
  for (const name of ['a', 'a', 'b']) open(name);
  await until('all is delivered', () => webhooks.waiting === 0);
  await webhooks.close();
  const bodies = sent.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(bodies.map(({ conversation }) => conversation).sort()).toEqual(['a', 'a', 'b']);
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(3);
  expect([await readdir(folder), errors]).toEqual([[], []]);
});

it('goes on after a restart with what was not taken, in order, with the same bodies', async () => {
  const first = await setUp({ send: () => Promise.resolve(false) });
  for (let i = 0; i < 12; i++) first.open('a');
  await until('all is on disk', () => first.clock.timers === 1);
  await eventually('twelve files', async () => ((await readdir(folder)).length === 12 ? true : null));
  await first.webhooks.close();
  const kept = (await readdir(folder)).length;
  const second = await setUp();
  second.open('a');
  await until('all is delivered', () => second.webhooks.waiting === 0);
  await second.webhooks.close();
  expect(kept).toBe(12);
  expect(second.sent.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  expect(await readdir(folder)).toEqual([]);
});

it('loses what happens while too much waits, and says so once, with the number later', async () => {
  let isUp = false;
  const { webhooks, clock, open, reports, sent } = await setUp({
    maxWaiting: 2,
    send: (event) => {
      if (isUp) sent.push(event);
      return Promise.resolve(isUp);
    },
  });
  for (let i = 0; i < 7; i++) open('a');
  expect([webhooks.waiting, reports]).toEqual([2, ['full at 2']]);
  isUp = true;
  await eventually('all is delivered', () => {
    clock.advance(1_000);
    return Promise.resolve(webhooks.waiting === 0 ? true : null);
  });
  open('b');
  expect(reports).toEqual(['full at 2', 'lost 5']);
  await until('the new one is delivered', () => webhooks.waiting === 0);
  expect(sent).toHaveLength(3);
  await webhooks.close();
});

it('delivers also where the disk fails, and reports that', async () => {
  const { webhooks, sent, errors, open } = await setUp();
  await rm(folder, { recursive: true });
  open('a');
  await until('it is delivered', () => webhooks.waiting === 0);
  await webhooks.close();
  expect([sent.length, errors.length]).toEqual([1, 1]);
  await (await setUp()).webhooks.close();
});

it('has a time to deliver what waits before it ends, and no more than that', async () => {
  let isUp = false;
  const { webhooks, clock, open } = await setUp({ send: () => Promise.resolve(isUp) });
  open('a');
  await until('it was refused', () => clock.timers === 1);
  const closed = webhooks.close(5_000);
  isUp = true;
  clock.advance(1_000);
  await closed;
  expect([webhooks.waiting, clock.timers]).toEqual([0, 0]);

  const slow = await setUp({ send: () => Promise.resolve(false) });
  slow.open('a');
  await until('it was refused', () => slow.clock.timers === 1);
  const ended = slow.webhooks.close(5_000);
  slow.clock.advance(5_000);
  await ended;
  expect([slow.webhooks.waiting, (await readdir(folder)).length, slow.clock.timers]).toEqual([1, 1, 0]);
});

it('takes nothing once it is closed', async () => {
  const { webhooks, sent, open } = await setUp();
  await webhooks.close();
  open('a');
  expect([webhooks.waiting, sent, await readdir(folder)]).toEqual([0, [], []]);
});
