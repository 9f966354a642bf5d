import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallPage, SMALL, type Look } from '../support/browser/call-page.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';
import { recordingsOf, runProgram, type Recorded } from '../support/recording/on-disk.ts';
import { MachineLoad } from '../support/machine-load.ts';
import { backAfter, BACK_WITHIN_MS, report, stretched, theReturn, type Return } from './the-return.ts';

// Ten people are in a conversation that is recorded, and the service is killed. Two have a camera, ann and ben: everybody
// sees one of them at least, and hears one of the others: what ten machines would do, one does.
// Two minutes on a machine that does nothing else.
jest.setTimeout(400_000);

const NAMES = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida', 'joe'];
const CAMERAS = 2;
const TRACKS = NAMES.length + CAMERAS;
const CONVERSATION = 'lobby';
const SECONDS = 90;
/** Of the last of them, on a machine that does nothing else: ten browsers in one need four to nine seconds of a processor for it. */
const LAST_WITHIN_MS = 10_000;

let top: string;
let stage: Stage;
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'crash-'));
  stage = await Stage.start({ RECORD: 'all', RECORDINGS_DIR: top, RECORDINGS_RESERVE: '1' });
});
afterEach(() => CallPage.closeAll());
afterAll(async () => {
  await stage.close();
  rmSync(top, { recursive: true });
});

test('ten who are recorded come back when the service is killed, joined and heard, and both recordings are whole', async () => {
  const pages = await CallPage.openAll(stage.chromium, stage.url, NAMES);
  for (const [n, page] of pages.entries()) await enter(page, NAMES[n]!, n < CAMERAS);
  await everybodySees(pages);
  await recorded('all of them', 0, ({ manifest }) => manifest.segments.length >= TRACKS);

  const usual = await usualLoad();
  const load = new MachineLoad();
  const endedAt = Date.now();
  await stage.crash();
  const thereAt = Date.now();
  const returns = await Promise.all(pages.map((page, n) => theReturn(page, seenBy(n), endedAt, thereAt)));
  const { others } = load.stop();
  const { fifth, last } = inOrder(returns);
  report('the fifth of ten, after the service was killed', [fifth], [others]);
  report('the last of ten, after the service was killed', [last], [others]);
  const limits = [BACK_WITHIN_MS, LAST_WITHIN_MS].map((ms) => Math.round(stretched(ms, others, usual)));
  process.stdout.write(`the call takes ${Math.round(usual * 100)} %; limits ${limits.join(', ')} ms\n`);
  expect(backAfter(fifth)).toBeLessThan(limits[0]!);
  expect(backAfter(last)).toBeLessThan(limits[1]!);

  const interrupted = await recorded(
    'what was interrupted is completed',
    0,
    ({ manifest }) => manifest.state === 'finished',
  );
  await recorded('all of them again', 1, ({ manifest }) => manifest.segments.length >= TRACKS);
  for (const page of pages) {
    const { conversation } = await eventually('all are there again', () => seesAll(page), SECONDS);
    expect(conversation).toBe(CONVERSATION);
    expect(await page.told('error')).toEqual([]);
  }

  await CallPage.closeAll();
  const after = await recorded('the end', 1, ({ manifest }) => manifest.state === 'finished');
  expect([interrupted, after].map(({ manifest }) => manifest.interrupted)).toEqual([true, false]);
  for (const { directory, manifest } of [interrupted, after]) {
    expect(manifest.participants.map(({ userid }) => userid).sort()).toEqual(NAMES);
    expect(runProgram('verify/main', [directory], top)).toEqual({
      status: 0,
      text: expect.stringContaining('the recording is sound'),
    });
  }
});

async function enter(page: CallPage, name: string, hasCamera: boolean): Promise<void> {
  const options = { token: name, audio: true, ...(hasCamera && { video: SMALL }), slots: { audio: 1, video: 1 } };
  const failure = (await page.connect(options)) ?? (await page.do('join', `'${CONVERSATION}'`));
  expect([name, failure]).toEqual([name, null]);
}

/** Whom the n-th page has pinned: ann, or whom she sees. */
const seenBy = (n: number): string => (n === 0 ? 'ben' : 'ann');

async function everybodySees(pages: readonly CallPage[]): Promise<void> {
  await Promise.all(
    pages.map(async (page, n) => {
      await page.sees(seenBy(n), 'is there', () => true, SECONDS);
      expect(await page.do('pin', `page.participant('${seenBy(n)}'), true`)).toBe(null);
      await page.plays(seenBy(n), 'frames', SECONDS);
    }),
  );
}

async function seesAll(page: CallPage): Promise<Look | null> {
  const look = await page.look();
  const names = look.people.map(({ userid }) => userid ?? '').sort();
  return look.state.state === 'connected' && names.join() === NAMES.join() ? look : null;
}

/** The n-th recording of the conversation, once it is so. */
const recorded = (what: string, n: number, holds: (recorded: Recorded) => boolean): Promise<Recorded> =>
  eventually(
    what,
    () => {
      const found = recordingsOf(top, CONVERSATION)[n];
      return found !== undefined && holds(found) ? found : null;
    },
    SECONDS,
  );

/** Which part of all processors a call of ten takes when nothing happens. */
async function usualLoad(): Promise<number> {
  const load = new MachineLoad();
  // Over a time is what it is.
  await delay(3_000);
  return load.stop().own;
}

/** By when they are back. */
function inOrder(returns: readonly Return[]): { readonly fifth: Return; readonly last: Return } {
  const sorted = returns.toSorted((a, b) => backAfter(a) - backAfter(b));
  return { fifth: sorted[4]!, last: sorted.at(-1)! };
}
