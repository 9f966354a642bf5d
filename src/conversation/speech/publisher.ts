import { TUNING } from './tuning.ts';

/** What is known of one publishing device. A value: a tick that tells something makes a new one. */
export interface Publisher {
  /** Up to when the frames below reach. */
  readonly at: number;
  /** Does it send levels (RFC 6464)? Null before its first packet. */
  readonly levels: boolean | null;
  /** dBov: how loud it is when it says nothing. NaN before its first packet. */
  readonly floor: number;
  /** Frames that its packets may still stand for: nobody gets ahead of time by sending more of them. */
  readonly budget: number;
  /** When it last marked a packet as voice. */
  readonly voicedAt: number;
  /** Of its newest packet, dBov. */
  readonly newest: number;
  /** When a packet was last too loud for the gate of its noise floor. */
  readonly audibleAt: number;
  /** Loud packets less quiet ones, 0 to `runCap`: the evidence that it speaks. */
  readonly run: number;
  /** When that began. */
  readonly runAt: number;
  /** The last 32 frames, the newest in bit 0: loud or not. */
  readonly frames: number;
  /** The last 32 blocks of 100 ms likewise. */
  readonly blocks: number;
  /** Steps above the floor, the mean of the last tick. */
  readonly bands: number;
  /** When its spurt of speech began; null while it is in none. */
  readonly onset: number | null;
  /** Its last packet of speech; -Infinity before the first. */
  readonly spokeAt: number;
  /** How it speaks in this spurt, or spoke in the last one. */
  readonly voice: Voice;
  /** The same of a run that is no spurt yet. */
  readonly trial: Voice;
  /** What it had of the places so far, in seconds of the first one. */
  readonly served: number;
}

export interface Voice {
  /** dBov, mean of the loud frames, each at most `loudnessCap`. */
  readonly loudness: number;
  /** dBov, the same without the cap, and faster. */
  readonly mean: number;
  /** dB, how far from the mean on average. */
  readonly swing: number;
  /** Loud frames it was learnt from. */
  readonly frames: number;
}

const NO_VOICE: Voice = { loudness: TUNING.floorMin, mean: 0, swing: 0, frames: 0 };

/** What two ticks can bring at once when nothing is known of the time before. */
const FIRST_BUDGET = 10;

export const newPublisher = (now: number): Publisher => ({
  at: now,
  levels: null,
  floor: NaN,
  budget: FIRST_BUDGET,
  voicedAt: -Infinity,
  newest: -Infinity,
  audibleAt: now,
  run: 0,
  runAt: now,
  frames: 0,
  blocks: 0,
  bands: 0,
  onset: null,
  spokeAt: -Infinity,
  voice: NO_VOICE,
  trial: NO_VOICE,
  served: 0,
});

/** One more loud frame. The first frames weigh more, so that the mean of a few is a mean. */
export function learn(voice: Voice, level: number): Voice {
  const frames = voice.frames + 1;
  if (frames === 1) return { loudness: Math.min(level, TUNING.loudnessCap), mean: level, swing: 0, frames };
  const slow = Math.max(1 / frames, 0.02);
  const fast = Math.max(1 / frames, 0.05);
  return {
    loudness: voice.loudness + slow * (Math.min(level, TUNING.loudnessCap) - voice.loudness),
    mean: voice.mean + fast * (level - voice.mean),
    swing: voice.swing + fast * (Math.abs(level - voice.mean) - voice.swing),
    frames,
  };
}

export const startOver = (): Voice => NO_VOICE;

/** Known to go on without the ups and downs of a voice. */
export const isFlat = ({ voice }: Publisher): boolean =>
  voice.frames >= TUNING.flatFrames && voice.swing < TUNING.flatSwing;

/** Known to have them. */
export const isLively = ({ voice }: Publisher): boolean =>
  voice.frames >= TUNING.livelyFrames && voice.swing >= TUNING.flatSwing;
