import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerMessage } from '../../src/channel/types.ts';
import { slots, type BrowserClient, type SectionStats } from '../support/browser/client.ts';
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

export const OFFER = { frameRate: 20, channel: 'events' } as const;
export const SECTIONS = slots(2, 2);

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

const report = (fault: string, promised: Promised, figures: object): void => {
  const line = `${JSON.stringify({ fault, promised, ...figures })}\n`;
  process.stdout.write(`${EGRESS}: ${line}`);
  const file = process.env['BAD_NETWORKS_REPORT'];
  if (file !== undefined) appendFileSync(file, line);
};

/** Measures what each gets while the network is bad, and holds it against what is promised. */
export async function holdTo(
  { fault, seconds, settleSeconds, promised }: Row,
  three: Three,
  network: Network,
): Promise<void> {
  const { far, ann, ben } = three;
  await network.spoil();
  // Time itself is what is tested.
  await delay((settleSeconds ?? 0) * 1_000);
  // The far one gets both; the others, of whom it is measured what they get of each other, get him as his line lets him through.
  const heardByFar = [...(await playing(far, ann)), ...(await playing(far, ben))];
  expect(heardByFar).toHaveLength(4);
  const measured = [
    await measure(far, heardByFar),
    await measure(ann, await playing(ann, ben)),
    await measure(ben, await playing(ben, ann)),
  ];
  await delay(seconds * 1_000);
  const [got, ...rest] = await Promise.all(measured.map((each) => each()));
  const video = (await told(far)).at(-1) ?? 'all';

  await network.mend();
  const overAt = performance.now();
  const isLine = async (): Promise<true | null> => ((await told(far)).at(-1) ?? 'all') === 'all' || null;
  await eventually('all video is let through', isLine, RECOVERED_WITHIN_S);
  await Promise.all([far.receiving('audio', 2, RECOVERED_WITHIN_S), far.receiving('video', 2, RECOVERED_WITHIN_S)]);
  const recoveryMs = Math.round(performance.now() - overAt);
  report(fault, promised, { got, video, recoveryMs, others: rest });

  expect(got?.concealed).toBeLessThanOrEqual(promised.concealed);
  if (promised.pauseMs !== null) expect(got?.pauseMs).toBeLessThanOrEqual(promised.pauseMs);
  expect(recoveryMs).toBeLessThanOrEqual(promised.recoveryMs);
  for (const other of rest) {
    expect(other.lost).toBeLessThanOrEqual(OTHERS.lost);
    expect(other.concealed).toBeLessThanOrEqual(OTHERS.concealed);
    expect(other.pauseMs).toBeLessThanOrEqual(OTHERS.pauseMs);
  }
}
