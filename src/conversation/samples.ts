import type { PeerId } from '../base/ids.ts';
import type { TrackLevel } from '../media/types.ts';
import type { SpeechSample } from './speech/types.ts';

/** By device: what several tracks of one sent is one sample. */
export function samplesOf(levels: readonly TrackLevel[]): ReadonlyMap<PeerId, SpeechSample> {
  const samples = new Map<PeerId, SpeechSample>();
  for (const sample of levels) {
    const { peer } = sample.track;
    const other = samples.get(peer);
    samples.set(peer, other === undefined ? sample : together(other, sample));
  }
  return samples;
}

/**
 * Two tracks are heard at the same time: the louder one counts at each moment. The newest packets of both are of one
 * age; the older part of the longer list stays as it is.
 */
function together(a: SpeechSample, b: SpeechSample): SpeechSample {
  const [long, short] = a.levels.length >= b.levels.length ? [a.levels, b.levels] : [b.levels, a.levels];
  const ahead = long.length - short.length;
  return {
    packets: Math.max(a.packets, b.packets),
    bytes: Math.max(a.bytes, b.bytes),
    levels: long.map((level, i) => Math.max(level, short[i - ahead] ?? level)),
    voiced: Math.max(a.voiced, b.voiced),
  };
}
