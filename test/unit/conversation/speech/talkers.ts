import { between, whole, type Packet, type Random, type Talker } from './simulation.ts';

/** The people, and the things, of the simulations. */

const packet = (level: number | null, loud = false, voiced = loud, bytes = 80): Packet => ({
  level: level === null ? null : Math.round(level),
  bytes,
  voiced,
  loud,
});

/** What the load generator sends: -10 to -13 with the voice bit when loud, -75 to -80 without it when quiet. */
export const generated =
  (random: Random, isLoud: (at: number) => boolean): Talker =>
  (at) =>
    isLoud(at) ? packet(-whole(random, 10, 13), true) : packet(-whole(random, 75, 80));

/** One set of `loud` talkers after the other, each for so many ms, as the load generator turns them. */
export const turning =
  (talkers: number, loud: number, every: number, index: number) =>
  (at: number): boolean =>
    (((index - Math.floor(at / every) * loud) % talkers) + talkers) % talkers < loud;

export interface Manner {
  /** dBov of the loudest syllables. */
  readonly loudness?: number;
  /** dBov of his room. */
  readonly room?: number;
  /** Says something at this time? Always by default. */
  readonly when?: (at: number) => boolean;
}

/** Somebody talking: syllables of 80 to 250 ms that swell and fade, short gaps, and pauses for breath. */
export function voice(random: Random, { loudness = -16, room = -68, when = () => true }: Manner = {}): Talker {
  let syllable = { from: 0, to: 0, peak: loudness };
  let next = 0;
  return (at) => {
    const noise = room + between(random, -3, 3);
    if (!when(at)) return packet(noise);
    if (at >= next) {
      const to = at + between(random, 80, 250);
      const breath = random() < 0.08;
      next = to + (breath ? between(random, 250, 700) : between(random, 10, 90));
      syllable = { from: at, to, peak: loudness - between(random, 0, 8) };
    }
    if (at >= syllable.to) return packet(noise);
    const place = (at - syllable.from) / (syllable.to - syllable.from);
    const level = syllable.peak - 12 * (1 - Math.sin(Math.PI * Math.max(0.1, Math.min(place, 0.9))));
    return packet(Math.max(noise, Math.min(0, level)), true);
  };
}

/** Silence, and at times a sound of so many ms: a cough, a hum. */
export const sounds =
  (random: Random, times: readonly number[], length: number, level: number, voiced = false): Talker =>
  (at) =>
    times.some((time) => at >= time && at < time + length)
      ? packet(Math.min(0, level + between(random, -1, 1)), false, voiced)
      : packet(-whole(random, 66, 72));

/** Clicks of 20 ms, so many a second, with the even noise of a room between them. */
export const keyboard = (random: Random, perSecond: number, level: number, voiced = false): Talker => {
  let next = 0;
  return (at) => {
    if (at < next) return packet(-whole(random, 60, 66));
    next = at + between(random, 0.5, 1.5) * (1000 / perSecond);
    return packet(level + between(random, -5, 5), false, voiced);
  };
};

/** Always as loud, give or take. */
export const constant =
  (random: Random, low: number, high: number, voiced: boolean, bytes = 80): Talker =>
  () =>
    packet(between(random, low, high), false, voiced, bytes);

/** The same without RFC 6464: larger packets where there is something in them; none in silence, with DTX. */
export function unlabelled(random: Random, talker: Talker, dtx: boolean): Talker {
  let sinceComfort = 0;
  return (at) => {
    const sent = talker(at);
    if (sent === null) return null;
    if (sent.loud === true) return { ...sent, level: null, voiced: false, bytes: whole(random, 55, 110) };
    sinceComfort += 20;
    if (dtx && sinceComfort < 400) return null;
    sinceComfort = 0;
    return { ...sent, level: null, voiced: false, bytes: dtx ? 6 : whole(random, 18, 34) };
  };
}
