import { setTimeout as delay } from 'node:timers/promises';
import type { ServerMessage } from '../../../src/channel/types.ts';
import type { BrowserClient, SectionStats } from './client.ts';

/** What one client got in a time. */
export interface Got {
  /** The part of the sound that was made up, since it did not come in time: 0 to 1. */
  readonly concealed: number;
  /** Packets that did not come, of what was sent first: one that was sent again counts as lost. */
  readonly lost: { readonly audio: number; readonly video: number };
  /** Pictures that were decoded. */
  readonly frames: number;
  /** The longest time that a picture stood still. */
  readonly pauseMs: number;
}

type Counter = 'samples' | 'concealed' | 'lost' | 'frames';

const sum = (sections: readonly SectionStats[], kind: SectionStats['kind'], counter: Counter): number =>
  sections.filter((each) => each.kind === kind).reduce((total, section) => total + section[counter], 0);

/** Begins to measure what comes in these sections; the returned function says what has come of it since, each time it is asked. */
export async function measure(client: BrowserClient, mids: readonly string[]): Promise<() => Promise<Got>> {
  const received = async (): Promise<readonly SectionStats[]> =>
    (await client.stats()).sections.filter(({ mid }) => mids.includes(mid));
  const before = await received();
  const streams = before.flatMap(({ streamId }) => streamId ?? []);
  await client.takeLongestPause(streams);
  let pauseMs = 0;
  return async () => {
    pauseMs = Math.max(pauseMs, Math.round(await client.takeLongestPause(streams)));
    const after = await received();
    const grown = (kind: SectionStats['kind'], counter: Counter): number =>
      sum(after, kind, counter) - sum(before, kind, counter);
    return {
      concealed: Number((grown('audio', 'concealed') / Math.max(1, grown('audio', 'samples'))).toFixed(3)),
      lost: { audio: grown('audio', 'lost'), video: grown('video', 'lost') },
      frames: grown('video', 'frames'),
      pauseMs,
    };
  };
}

type MessageOf<Type> = Extract<ServerMessage, { type: Type }>;

/** What it was told on its events channel, in order. */
export const messagesOf = async <Type extends ServerMessage['type']>(
  client: BrowserClient,
  type: Type,
): Promise<readonly MessageOf<Type>[]> =>
  (await client.channel()).messages
    .map((text) => JSON.parse(text) as ServerMessage)
    .filter((message): message is MessageOf<Type> => message.type === type);

/** The sections in which somebody plays. */
export async function playing(client: BrowserClient, who: BrowserClient): Promise<readonly string[]> {
  const [welcome] = await messagesOf(who, 'welcome');
  const { sections } = await client.stats();
  return sections.flatMap(({ mid, sources }) => (sources.includes(welcome?.csrc ?? -1) ? [mid] : []));
}

/** What comes of RTP in these sections, bits per second, over half a second. */
export async function bitrateOf(client: BrowserClient, mids: readonly string[]): Promise<number> {
  const bytes = async (): Promise<{ at: number; total: number }> => {
    const { at, sections } = await client.stats();
    const counted = sections.filter(({ mid }) => mids.includes(mid));
    return { at, total: counted.reduce((total, section) => total + section.bytes, 0) };
  };
  const before = await bytes();
  await delay(500);
  const after = await bytes();
  return ((after.total - before.total) * 8_000) / (after.at - before.at);
}

/** Fails where one of the figures is more than it may be. */
export function expectWithin(got: Got, most: Pick<Got, 'concealed' | 'lost' | 'pauseMs'>): void {
  expect(got.lost.audio).toBeLessThanOrEqual(most.lost.audio);
  expect(got.lost.video).toBeLessThanOrEqual(most.lost.video);
  expect(got.concealed).toBeLessThanOrEqual(most.concealed);
  expect(got.pauseMs).toBeLessThanOrEqual(most.pauseMs);
}
