import type { TrackFacts } from '../types.ts';
import type { FeedStats } from './reader.ts';

/** ns since 1970 as ms: µs are kept, the rest a number cannot hold. */
export const msOf = (ns: bigint): number => Number(ns / 1000n) / 1000;

/**
 * What was recorded of a track.
 *
 * @param originNs when PTS 0 of its file is; null where nothing came
 * @param isFilled silence is filled in from PTS 0 on
 */
export function factsOf(ssrc: number, stats: FeedStats, originNs: bigint | null, isFilled: boolean): TrackFacts {
  const startNs = originNs !== null && isFilled && stats.endPtsNs > 0n ? originNs : stats.firstUnixNs;
  const { packets, bytes, lost, late, duplicates } = stats;
  return {
    ssrc,
    startMs: startNs === null ? null : msOf(startNs),
    durationMs: startNs === null || originNs === null ? 0 : msOf(originNs + stats.endPtsNs - startNs),
    counted: { packets, bytes, lost, late, duplicates, filledMs: msOf(stats.filledNs) },
  };
}

/** Of a track that its segment got nothing of. */
export const nothingOf = (ssrc: number): TrackFacts => ({
  ssrc,
  startMs: null,
  durationMs: 0,
  counted: { packets: 0, bytes: 0, lost: 0, late: 0, duplicates: 0, filledMs: 0 },
});
