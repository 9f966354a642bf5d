import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { slots, type BrowserClient } from '../support/browser/client.ts';
import { launchChromium } from '../support/browser/chromium.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';
import { withDescendants } from '../support/processes.ts';

// One client that is broken must change nothing for the others. What they receive is compared with what is sent.
jest.setTimeout(150_000);

let stage: Stage;
let ann: BrowserClient;
let ben: BrowserClient;
/** One of its own for each test: a tab that is closed without a word stays in its conversation for a while. */
let room: string;
beforeAll(async () => {
  stage = await Stage.start();
});
beforeEach(async () => {
  room = randomUUID();
  [ann, ben] = [await stage.client('ann'), await stage.client('ben')];
  for (const client of [ann, ben]) {
    expect(await client.connect({ sections: slots(2, 2) })).toMatchObject({ code: 1000 });
    expect(await client.join(room)).toBe(200);
  }
  await Promise.all([ann, ben].map((client) => client.receiving('video', 1, 40)));
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

interface Flow {
  readonly sent: number;
  readonly received: number;
  readonly frames: number;
  readonly lost: number;
}

async function flow(client: BrowserClient): Promise<Flow> {
  const { sections } = await client.stats();
  const sum = (pick: (one: (typeof sections)[number]) => number): number =>
    sections.reduce((total, one) => total + pick(one), 0);
  return {
    sent: sum((one) => one.sent),
    received: sum((one) => one.packets),
    frames: sum((one) => one.frames),
    lost: sum((one) => one.lost),
  };
}

/** What was counted from then on. */
const since = (before: Flow, now: Flow): Flow => ({
  sent: now.sent - before.sent,
  received: now.received - before.received,
  frames: now.frames - before.frames,
  lost: now.lost - before.lost,
});

/** Nearly all that one sends from now on arrives at the other, over some seconds, and none is lost. */
async function expectUnharmed(from: BrowserClient, to: BrowserClient): Promise<void> {
  let [before, there] = [await flow(from), await flow(to)];
  const frames = await eventually(
    'what is sent arrives',
    async () => {
      const now = await flow(to);
      const arrived = since(there, now);
      expect(arrived.lost).toBe(0);
      // Asked last: what is on its way meanwhile counts against us.
      const latest = await flow(from);
      const { sent } = since(before, latest);
      if (sent >= 250 && sent <= 600 && arrived.received >= sent * 0.9) return arrived.frames;
      // More would hide a hole of a second: a machine that is slow to answer is asked about the next seconds.
      if (sent > 600) [before, there] = [latest, now];
      return null;
    },
    40,
  );
  expect(frames).toBeGreaterThan(20);
}

/** Ann and Ben, each heard and seen by the other. */
const expectBothUnharmed = (): Promise<unknown> => Promise.all([expectUnharmed(ann, ben), expectUnharmed(ben, ann)]);

test('one that has its answer and never connects', async () => {
  const eve = await stage.client('eve');
  expect(await eve.join(room)).toBe(200);
  expect(await eve.connect({ sections: slots(2, 2), finish: false })).toBeNull();
  await expectBothUnharmed();
  expect(await eve.sockets()).toEqual([{ code: null, reason: '' }]);
});

test('one whose browser is stopped while media flows', async () => {
  const other = await launchChromium();
  try {
    const eve = await stage.client('eve', { browser: other });
    expect(await eve.connect({ sections: slots(2, 2) })).toMatchObject({ code: 1000 });
    expect(await eve.join(room)).toBe(200);
    await Promise.all([eve.receiving('audio', 2), ann.receiving('audio', 2), ben.receiving('audio', 2)]);

    const processes = withDescendants(other.pid);
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    try {
      await expectBothUnharmed();
      // Newcomers are served as well.
      const dan = await stage.client('dan');
      expect(await dan.connect({ sections: slots(2, 2) })).toMatchObject({ code: 1000 });
      expect(await dan.join(room)).toBe(200);
      await dan.receiving('audio', 2);
    } finally {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    }
  } finally {
    await other.close();
  }
});
