import { TUNING } from './tuning.ts';

/** A time before all others. Finite and whole, like all times here: engines keep small whole numbers more cheaply. */
export const NEVER = -1e9;

/** The level of digital silence, dBov. */
export const SILENT = -127;

/** What is known of one publishing device. A value: a tick that tells something makes a new one. */
export interface Publisher {
  /** Up to when the frames below reach. */
  readonly at: number;
  /** Does it send levels (RFC 6464)? Null before its first packet. */
  readonly levels: boolean | null;
  /** dBov: how loud it is when it says nothing. NaN before its first packet. */
  readonly floor: number;
  /** Ms that its packets may still stand for: nobody gets ahead of time by sending more of them. */
  readonly budget: number;
  /** Was it ever quiet? Until then its floor is a guess. */
  readonly wasQuiet: boolean;
  /** When it last marked a packet as voice. */
  readonly voicedAt: number;
  /** Of its newest packet, dBov; `SILENT` where none came lately. */
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
  /** Its last packet of speech; `NEVER` before the first. */
  readonly spokeAt: number;
  /** Its last pause that was long enough to breathe. */
  readonly restedAt: number;
  /** How it speaks in this spurt, or spoke in the last one. */
  readonly voice: Voice;
  /** The same of a run that is no spurt yet. */
  readonly trial: Voice;
  /** When it last had spoken long enough to be a speaker, and not only somebody who was heard. */
  readonly establishedAt: number;
  /** What it had of the places so far, in ms of the first one. */
  readonly served: number;
}

export interface Voice {
  /** dBov: how loud the loud syllables are, at most `loudnessCap`. */
  readonly loudness: number;
  /** dBov, mean of the loud frames. */
  readonly mean: number;
  /** dB, how far from the mean on average. */
  readonly swing: number;
  /** Loud frames it was learnt from. */
  readonly frames: number;
}

const NO_VOICE: Voice = { loudness: TUNING.floorMin, mean: 0, swing: 0, frames: 0 };

/** What two ticks can bring at once when nothing is known of the time before. */
const FIRST_BUDGET = 200;

export const newPublisher = (now: number): Publisher => ({
  at: now,
  levels: null,
  floor: NaN,
  wasQuiet: false,
  budget: FIRST_BUDGET,
  voicedAt: NEVER,
  newest: SILENT,
  audibleAt: now,
  run: 0,
  runAt: now,
  frames: 0,
  blocks: 0,
  bands: 0,
  onset: null,
  spokeAt: NEVER,
  restedAt: now,
  voice: NO_VOICE,
  trial: NO_VOICE,
  establishedAt: NEVER,
  served: 0,
});

/** One more loud frame. The first frames weigh more, so that the mean of a few is a mean. */
export function learn(voice: Voice, level: number): Voice {
  const frames = voice.frames + 1;
  const capped = Math.min(level, TUNING.loudnessCap);
  if (frames === 1) return { loudness: capped, mean: level, swing: 0, frames };
  const step = Math.max(1 / frames, 0.05);
  return {
    loudness: Math.max(capped, voice.loudness + TUNING.loudnessFall * (capped - voice.loudness)),
    mean: voice.mean + step * (level - voice.mean),
    swing: voice.swing + step * (Math.abs(level - voice.mean) - voice.swing),
    frames,
  };
}

export const startOver = (): Voice => NO_VOICE;

/** Goes on without the ups and downs of a voice, or without ever taking a breath; or was never quiet, and may be a claim. */
export const isFlat = ({ voice, spokeAt, restedAt, wasQuiet }: Publisher): boolean =>
  !wasQuiet ||
  (voice.frames >= TUNING.flatFrames && voice.swing < TUNING.flatSwing) ||
  spokeAt - restedAt > TUNING.tireless;

/** Known to have them. */
export const isLively = ({ voice }: Publisher): boolean =>
  voice.frames >= TUNING.livelyFrames && voice.swing >= TUNING.flatSwing;

/** Has spoken for a while, not long ago. */
export const isEstablished = ({ establishedAt }: Publisher, now: number): boolean =>
  now - establishedAt <= TUNING.memory;
