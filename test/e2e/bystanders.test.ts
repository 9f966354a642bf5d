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
  readonly packets: number;
  readonly frames: number;
  readonly lost: number;
  readonly at: number;
}

async function flow(client: BrowserClient): Promise<Flow> {
  const { at, sections } = await client.stats();
  const sum = (pick: (one: (typeof sections)[number]) => number): number =>
    sections.reduce((n, one) => n + pick(one), 0);
  const audio = sections.filter(({ kind }) => kind === 'audio');
  return {
    at,
    packets: audio.reduce((n, one) => n + one.packets, 0),
    frames: sum((one) => one.frames),
    lost: sum((one) => one.lost),
  };
}

/** A talker's 50 packets a second, over 200 of them: what arrives in that time, and that none was lost on the way. */
async function expectUnharmed(client: BrowserClient): Promise<void> {
  const before = await flow(client);
  const after = await eventually('200 packets arrive', async () => {
    const now = await flow(client);
    return now.packets - before.packets >= 200 ? now : null;
  });
  const seconds = (after.at - before.at) / 1000;
  expect((after.packets - before.packets) / seconds).toBeGreaterThan(45);
  expect((after.frames - before.frames) / seconds).toBeGreaterThan(5);
  expect(after.lost - before.lost).toBe(0);
}

test('one that has its answer and never connects', async () => {
  const eve = await stage.client('eve');
  expect(await eve.join(room)).toBe(200);
  expect(await eve.connect({ sections: slots(2, 2), finish: false })).toBeNull();
  await Promise.all([ann, ben].map(expectUnharmed));
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
      await Promise.all([ann, ben].map(expectUnharmed));
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
