// Networks that lose, delay, reorder and break off, between the service and one client in Chromium. What it gets, and that
// the others notice nothing, is held against rows.ts; `npm run test:bad-networks` makes a table of it.
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { ServerMessage } from '../../src/channel/types.ts';
import { slots, type BrowserClient, type SectionStats } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { EGRESS } from '../support/egress.ts';
import { eventually } from '../support/eventually.ts';
import { PLAIN, type Relay } from '../support/relay.ts';
import { OTHERS, ROWS, type Row } from './rows.ts';

jest.setTimeout(240_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start({ EGRESS, LOG_LEVEL: 'info' });
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

/** What one client got in a time. */
interface Got {
  readonly concealed: number;
  readonly lost: number;
  readonly pauseMs: number;
}

const RECOVERED_WITHIN_S = 90;

const sum = (sections: readonly SectionStats[], field: 'samples' | 'concealed' | 'lost'): number =>
  sections.filter(({ kind }) => kind === 'audio').reduce((total, section) => total + section[field], 0);

/** Begins to measure what comes in these sections; the returned function says what came of it. */
const measure = async (client: BrowserClient, mids: readonly string[]): Promise<() => Promise<Got>> => {
  const received = async (): Promise<readonly SectionStats[]> =>
    (await client.stats()).sections.filter(({ mid }) => mids.includes(mid));
  const before = await received();
  const streams = before.flatMap(({ streamId }) => streamId ?? []);
  await client.takeLongestPause(streams);
  return async () => {
    const after = await received();
    const grown = (field: 'samples' | 'concealed' | 'lost'): number => sum(after, field) - sum(before, field);
    return {
      concealed: Number((grown('concealed') / Math.max(1, grown('samples'))).toFixed(3)),
      lost: grown('lost'),
      pauseMs: Math.round(await client.takeLongestPause(streams)),
    };
  };
};

type MessageOf<Type> = Extract<ServerMessage, { type: Type }>;
const messagesOf = async <Type extends ServerMessage['type']>(
  client: BrowserClient,
  type: Type,
): Promise<readonly MessageOf<Type>[]> =>
  (await client.channel()).messages
    .map((text) => JSON.parse(text) as ServerMessage)
    .filter((message): message is MessageOf<Type> => message.type === type);

/** The sections in which somebody plays. */
const playing = async (client: BrowserClient, who: BrowserClient): Promise<readonly string[]> => {
  const [welcome] = await messagesOf(who, 'welcome');
  const { sections } = await client.stats();
  return sections.flatMap(({ mid, sources }) => (sources.includes(welcome?.csrc ?? -1) ? [mid] : []));
};

/** Two who have good networks, and one who hears and sees both over a relay. */
const meet = async (
  room: string,
): Promise<{ far: BrowserClient; ann: BrowserClient; ben: BrowserClient; relay: Relay }> => {
  const [far, ann, ben] = [await stage.client('far'), await stage.client('ann'), await stage.client('ben')] as const;
  const options = { frameRate: 20, channel: 'events' };
  const relay = await far.connectVia(() => ({ up: PLAIN, down: PLAIN }), slots(2, 2), options);
  for (const other of [ann, ben]) await other.connect({ ...options, sections: slots(2, 2) });
  for (const client of [far, ann, ben]) expect(await client.join(room)).toBe(200);
  await Promise.all(
    [far, ann, ben].flatMap((each) => [each.receiving('audio', 2, 40), each.receiving('video', 2, 40)]),
  );
  return { far, ann, ben, relay };
};

/** What it was told of its line, the newest last. */
const told = async (client: BrowserClient): Promise<readonly string[]> =>
  (await messagesOf(client, 'congestion')).map(({ video }) => video);

const report = (row: Row, figures: object): void => {
  const line = `${JSON.stringify({ fault: row.fault, promised: row.promised, ...figures })}\n`;
  process.stdout.write(`${EGRESS}: ${line}`);
  const file = process.env['BAD_NETWORKS_REPORT'];
  if (file !== undefined) appendFileSync(file, line);
};

test.each(ROWS)('$fault', async (row) => {
  const { far, ann, ben, relay } = await meet(row.fault);
  Object.assign(relay, row.network());
  // Time itself is what is tested.
  await delay((row.settleSeconds ?? 0) * 1_000);
  // The far one gets both; the others, of whom it is measured what they get of each other, get him as his line lets him through.
  const heardByFar = [...(await playing(far, ann)), ...(await playing(far, ben))];
  expect(heardByFar).toHaveLength(4);
  const measured = [
    await measure(far, heardByFar),
    await measure(ann, await playing(ann, ben)),
    await measure(ben, await playing(ben, ann)),
  ];
  await delay(row.seconds * 1_000);
  const [got, ...rest] = await Promise.all(measured.map((each) => each()));
  const video = (await told(far)).at(-1) ?? 'all';

  Object.assign(relay, { up: PLAIN, down: PLAIN });
  const overAt = performance.now();
  const isLine = async (): Promise<true | null> => ((await told(far)).at(-1) ?? 'all') === 'all' || null;
  await eventually('all video is let through', isLine, RECOVERED_WITHIN_S);
  await Promise.all([far.receiving('audio', 2, RECOVERED_WITHIN_S), far.receiving('video', 2, RECOVERED_WITHIN_S)]);
  const recoveryMs = Math.round(performance.now() - overAt);
  relay.close();
  report(row, { got, video, recoveryMs, others: rest });

  const { promised } = row;
  expect(got?.concealed).toBeLessThanOrEqual(promised.concealed);
  if (promised.pauseMs !== null) expect(got?.pauseMs).toBeLessThanOrEqual(promised.pauseMs);
  expect(recoveryMs).toBeLessThanOrEqual(promised.recoveryMs);
  for (const other of rest) {
    expect(other.lost).toBeLessThanOrEqual(OTHERS.lost);
    expect(other.concealed).toBeLessThanOrEqual(OTHERS.concealed);
    expect(other.pauseMs).toBeLessThanOrEqual(OTHERS.pauseMs);
  }
});
