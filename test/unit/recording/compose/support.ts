import type { Piece, Timeline } from '../../../../src/recording/compose/types.ts';

/** Seconds of somebody's voice or camera. */
export const piece = (
  person: string,
  kind: 'audio' | 'video',
  from: number,
  to: number,
  over: Partial<Piece> = {},
): Piece => {
  const interval = { startMs: from * 1000, endMs: to * 1000 };
  return {
    path: `${person}-${kind}-${from}`,
    stream: 0,
    isToBeCopied: false,
    kind,
    codec: kind === 'audio' ? 'opus' : 'vp8',
    person,
    runs: [interval],
    ...interval,
    ...over,
  };
};

/** People with the times, s, at which they were there, and what they sent. */
export const timeline = (
  people: Readonly<Record<string, readonly (readonly [number, number])[]>>,
  pieces: readonly Piece[] = [],
): Timeline => ({
  conversation: 'room',
  originMs: Date.UTC(2026, 10, 22, 20),
  durationMs: 1000 * Math.max(...Object.values(people).flatMap((times) => times.map(([, to]) => to))),
  people: Object.entries(people).map(([key, times]) => ({
    key,
    name: key,
    there: times.map(([from, to]) => ({ startMs: from * 1000, endMs: to * 1000 })),
  })),
  pieces,
});
