import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { slots, type BrowserClient, type ConnectOptions } from '../support/browser/client.ts';
import { bitrateOf, expectWithin, measure, messagesOf, playing, type Got } from '../support/browser/received.ts';
import { EGRESS } from '../support/egress.ts';
import { eventually } from '../support/eventually.ts';
import { OTHERS, type Promised, type Row } from './rows.ts';

/** One over a network that is to be bad, and two over good ones. */
export interface Three {
  readonly far: BrowserClient;
  readonly ann: BrowserClient;
  readonly ben: BrowserClient;
}

/** Between the service and the far one. */
export interface Network {
  spoil(): Promise<void> | void;
  mend(): Promise<void> | void;
}

/** What all of them offer. */
export const offerFor = ({
  busy = false,
}: Pick<Row, 'busy'>): Pick<ConnectOptions, 'frameRate' | 'channel' | 'busy'> => ({
  frameRate: 20,
  channel: 'events',
  busy,
});
export const SECTIONS = slots(2, 2);

const RECOVERED_WITHIN_S = 90;

/** Everybody, who is connected, hears and sees both others. */
export const meet = async (
  { far, ann, ben }: Three,
  join: (client: BrowserClient) => Promise<number>,
): Promise<void> => {
  for (const client of [far, ann, ben]) expect(await join(client)).toBe(200);
  await Promise.all(
    [far, ann, ben].flatMap((each) => [each.receiving('audio', 2, 40), each.receiving('video', 2, 40)]),
  );
};

/** What it was told of its line, the newest last. */
const told = async (client: BrowserClient): Promise<readonly string[]> =>
  (await messagesOf(client, 'congestion')).map(({ video }) => video);

const isLess = (videos: readonly string[]): boolean => videos.some((video) => video !== 'all');

const report = (fault: string, promised: Promised, figures: object): void => {
  const line = `${JSON.stringify({ fault, promised, promisedOthers: OTHERS, ...figures })}\n`;
  process.stdout.write(`${EGRESS}: ${line}`);
  const file = process.env['BAD_NETWORKS_REPORT'];
  if (file !== undefined) appendFileSync(file, line);
};

/** Until the others send so much that the line is too narrow; resolves with how much that is, bits per second. */
const flowing = ({ sends }: Row, far: BrowserClient, mids: readonly string[]): Promise<number> =>
  eventually(
    `${sends ?? 0} bit/s come`,
    async () => {
      const bitrate = await bitrateOf(far, mids);
      return bitrate >= (sends ?? 0) ? Math.round(bitrate) : null;
    },
    60,
  );

/** Lets a bad network be found for as long as the row says; resolves with when less video was told of, ms. */
async function settle({ settleSeconds = 0, promised }: Row, far: BrowserClient): Promise<number | null> {
  const from = performance.now();
  const passed = (): number => performance.now() - from;
  let fewerAfterMs: number | null = null;
  if (promised.fewer !== null) {
    const isTold = async (): Promise<true | null> => isLess(await told(far)) || null;
    await eventually('fewer pictures are let through', isTold, promised.fewer.withinMs / 1_000);
    fewerAfterMs = Math.round(passed());
  }
  // Time itself is what is tested.
  await delay(settleSeconds * 1_000 - passed());
  return fewerAfterMs;
}

/** Measures what each gets while the network is bad, and holds it against what is promised. */
export async function holdTo(row: Row, { far, ann, ben }: Three, network: Network): Promise<void> {
  const { fault, seconds, promised } = row;
  // The far one gets both; the others, of whom it is measured what they get of each other, get him as his line lets him through.
  const heardByFar = [...(await playing(far, ann)), ...(await playing(far, ben))];
  expect(heardByFar).toHaveLength(4);
  const bitrate = await flowing(row, far, heardByFar);
  const others = [await measure(ann, await playing(ann, ben)), await measure(ben, await playing(ben, ann))];
  const asked = (): Promise<Got[]> => Promise.all(others.map((each) => each()));
  await network.spoil();
  const fewerAfterMs = await settle(row, far);
  const before = framesOf(await asked());
  const measured = await measure(far, heardByFar);
  await delay(seconds * 1_000);
  const { concealed, frames } = await measured();
  // The two get the same pictures of each other: so many there were for the far one.
  const share = Number((frames / (framesOf(await asked()) - before)).toFixed(2));

  await network.mend();
  const recoveryMs = await recovery(far);
  const { pauseMs } = await measured();
  const othersGot = await asked();
  const figures = { bitrate, got: { concealed, pauseMs, share }, fewerAfterMs, recoveryMs, others: othersGot };
  report(fault, promised, figures);

  expect(concealed).toBeLessThanOrEqual(promised.concealed);
  if (promised.pauseMs !== null) expect(pauseMs).toBeLessThanOrEqual(promised.pauseMs);
  if (promised.fewer === null) expect(await told(far)).toEqual([]);
  else expect(share).toBeLessThanOrEqual(promised.fewer.share);
  expect(recoveryMs).toBeLessThanOrEqual(promised.recoveryMs);
  for (const other of othersGot) expectWithin(other, OTHERS);
}

const framesOf = (all: readonly Got[]): number => all.reduce((sum, { frames }) => sum + frames, 0);

/** From the end of the fault until the far one is let have all pictures, and both others are heard and seen, ms. */
async function recovery(far: BrowserClient): Promise<number> {
  const overAt = performance.now();
  const isAll = async (): Promise<true | null> => ((await told(far)).at(-1) ?? 'all') === 'all' || null;
  await eventually('all video is let through', isAll, RECOVERED_WITHIN_S);
  await Promise.all([far.receiving('audio', 2, RECOVERED_WITHIN_S), far.receiving('video', 2, RECOVERED_WITHIN_S)]);
  return Math.round(performance.now() - overAt);
}
