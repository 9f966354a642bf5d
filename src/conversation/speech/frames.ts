import type { Publisher } from './publisher.ts';
import { TUNING } from './tuning.ts';
import type { SpeechSample } from './types.ts';

/** What the packets of one tick tell, frame by frame. */
export interface Frames {
  /** dBov, oldest first, as many as the time since the last ones has room for. */
  readonly levels: readonly number[];
  /** Do they come from the client (RFC 6464), or are they made of the sizes of packets? */
  readonly fromClient: boolean;
  /** What a loud one counts; 0 where none of them can be speech. */
  readonly weight: number;
}

/** Levels are a client's claim: it must fit the number and size of its packets, and its own voice bits. */
export function framesOf(publisher: Publisher, sample: SpeechSample, budget: number, now: number): Frames {
  const room = Math.floor(budget / TUNING.frame) + 1;
  if (sample.levels.length === 0) return framesOfSizes(sample, room);
  const levels = sample.levels.length > room ? sample.levels.slice(-room) : sample.levels;
  return { levels, fromClient: true, weight: weightOf(publisher, sample, now) };
}

function weightOf(publisher: Publisher, { packets, bytes, voiced }: SpeechSample, now: number): number {
  if (bytes < packets * TUNING.speechBytes) return 0;
  const detects = now - publisher.voicedAt <= TUNING.voiceMemory;
  return detects && voiced === 0 ? TUNING.unvoicedWeight : 1;
}

/**
 * Without levels: codecs with a variable rate, Opus as browsers send it among them, spend more bytes on speech than on
 * silence. Only the mean of a tick is known, so that a single loud packet lifts all of them: a tick counts little.
 */
function framesOfSizes({ packets, bytes }: SpeechSample, room: number): Frames {
  const count = Math.min(packets, room);
  const doublings = Math.log2(Math.max(bytes / Math.max(packets, 1), 1) / TUNING.sizeBase);
  const level = Math.min(0, Math.max(TUNING.floorMin, TUNING.floorMin + TUNING.sizeDoubling * doublings));
  return {
    levels: new Array<number>(count).fill(level),
    fromClient: false,
    weight: bytes < packets * TUNING.speechBytes ? 0 : TUNING.sizeWeight / Math.max(count, 1),
  };
}
