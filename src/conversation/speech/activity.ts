import { bandsAbove, firstFloor, floorAfterSilence, gateOver, nextFloor } from './floor.ts';
import { framesOf, type Frames } from './frames.ts';
import { isEstablished, isLively, learn, SILENT, startOver, type Publisher } from './publisher.ts';
import { TUNING } from './tuning.ts';
import type { SpeechSample } from './types.ts';

const LATE = TUNING.lateFrames * TUNING.frame;
/** As many frames as a sample has levels. */
const MAX_BUDGET = 32 * TUNING.frame;
const FRAMES_OF_BLOCK = TUNING.block / TUNING.frame;
/** The frames of a pause for breath. */
const BREATH = (1 << TUNING.breathFrames) - 1;

type Draft = { -readonly [Key in keyof Publisher]: Publisher[Key] };

/** A publisher after a tick in which it sent something. */
export function listen(publisher: Publisher, sample: SpeechSample, now: number): Publisher {
  const draft: Draft = { ...publisher };
  const since = now - publisher.at;
  const budget = Math.min(MAX_BUDGET, publisher.budget + since);
  if (sample.voiced > 0) draft.voicedAt = now;
  const frames = framesOf(draft, sample, budget, now);
  draft.levels = frames.fromClient;
  draft.budget = Math.min(Math.max(0, budget - frames.levels.length * TUNING.frame), LATE);
  if (publisher.levels !== null)
    beSilent(draft, since / TUNING.frame - frames.levels.length, now - frames.levels.length * TUNING.frame);
  take(draft, frames, now);
  pushBlocks(draft, publisher.at, now);
  if (isSpeaker(draft, now)) draft.establishedAt = now;
  draft.at = now;
  endSpurt(draft, now);
  return draft;
}

/** A publisher after a tick in which it sent nothing. */
export function fade(publisher: Publisher, now: number): Publisher {
  const since = now - publisher.at;
  if (since < LATE) return publisher;
  const draft: Draft = { ...publisher, bands: 0, newest: SILENT, at: now };
  draft.budget = Math.min(MAX_BUDGET, publisher.budget + since);
  beSilent(draft, since / TUNING.frame, now);
  pushBlocks(draft, publisher.at, now);
  endSpurt(draft, now);
  return draft;
}

/** Does silence still change anything about it, or about what is made of it? */
export const isAwake = ({ run, frames, blocks, onset, bands, newest, at, spokeAt }: Publisher): boolean =>
  newest >= TUNING.masking ||
  run > 0 ||
  frames !== 0 ||
  blocks !== 0 ||
  onset !== null ||
  bands > 0 ||
  at - spokeAt <= TUNING.gateRelease;

/** Bits that are set. */
export function count(bits: number): number {
  let rest = bits >>> 0;
  let ones = 0;
  for (; rest !== 0; rest = (rest & (rest - 1)) >>> 0) ones++;
  return ones;
}

/** Loud frames in the medium window, 0 to `mediumFrames`. */
export const activeFrames = ({ frames }: Publisher): number => count(frames & ((1 << TUNING.mediumFrames) - 1));

/** Active blocks in the long window, 0 to `longBlocks`. */
export const activeBlocks = ({ blocks }: Publisher): number => count(blocks);

function take(draft: Draft, { levels, weight, fromClient }: Frames, now: number): void {
  let { floor, audibleAt } = draft;
  let bands = 0;
  let at = now - levels.length * TUNING.frame;
  for (const level of levels) {
    at += TUNING.frame;
    const loud = weight > 0 && level >= Math.max(floor + TUNING.speechMargin, TUNING.speechMin);
    if (!loud && !Number.isNaN(floor)) draft.wasQuiet = true;
    if (loud || draft.run > 0 || draft.frames !== 0) follow(draft, loud ? weight : 0, level, at);
    if (loud) bands += bandsAbove(floor, level);
    floor = floorWith(floor, level, fromClient);
    if (fromClient && level >= gateOver(floor)) audibleAt = at;
  }
  if ((draft.frames & BREATH) === 0) draft.restedAt = now;
  draft.floor = floor;
  draft.audibleAt = audibleAt;
  draft.newest = levels.at(-1) ?? draft.newest;
  draft.bands = Math.round(bands / Math.max(levels.length, 1));
}

const floorWith = (floor: number, level: number, fromClient: boolean): number =>
  Number.isNaN(floor) && !fromClient ? firstFloor(level) : nextFloor(floor, level);

/** One frame: a loud one where `weight` is not 0. */
function follow(draft: Draft, weight: number, level: number, at: number): void {
  endSpurt(draft, at);
  if (weight > 0) beLoud(draft, level, weight, at);
  else draft.run = Math.max(0, draft.run - 1);
  draft.frames = (draft.frames << 1) | (weight > 0 ? 1 : 0);
  if ((draft.frames & BREATH) === 0) draft.restedAt = at;
}

function beLoud(draft: Draft, level: number, weight: number, at: number): void {
  if (draft.run === 0) {
    draft.runAt = at;
    draft.trial = startOver();
  }
  draft.run = Math.min(TUNING.runCap, draft.run + weight);
  if (draft.onset !== null) {
    draft.voice = learn(draft.voice, level);
    if (draft.run >= TUNING.sustain) draft.spokeAt = at;
    return;
  }
  draft.trial = learn(draft.trial, level);
  if (draft.run < TUNING.confirm) return;
  // A voice that is known is not learnt anew after every pause.
  const isKnown = isLively(draft) && at - draft.spokeAt < TUNING.memory;
  draft.voice = isKnown ? learn(draft.voice, level) : draft.trial;
  draft.onset = draft.runAt;
  draft.spokeAt = at;
}

/** A voice that has gone on for a while; whoever is known for one needs only a word to stay it. */
const isSpeaker = (draft: Draft, now: number): boolean =>
  draft.onset !== null &&
  isLively(draft) &&
  (activeBlocks(draft) >= TUNING.establishedBlocks || isEstablished(draft, now));

/** A few frames missing are late, more of them are silence. */
function beSilent(draft: Draft, missing: number, at: number): void {
  const frames = Math.floor(missing);
  if (frames < TUNING.lateFrames) return;
  draft.run = Math.max(0, draft.run - frames);
  draft.frames = shifted(draft.frames, frames);
  if ((draft.frames & BREATH) === 0) draft.restedAt = at;
  if (draft.levels === false) draft.floor = floorAfterSilence(draft.floor, frames);
}

function endSpurt(draft: Draft, at: number): void {
  if (draft.onset !== null && at - draft.spokeAt > TUNING.spurtGap) draft.onset = null;
}

/** Blocks stand on a grid of 100 ms, so that ticks may come when they like. */
function pushBlocks(draft: Draft, before: number, now: number): void {
  const passed = Math.floor(now / TUNING.block) - Math.floor(before / TUNING.block);
  if (passed === 0) {
    draft.blocks |= blockBit(draft.frames, 0);
    return;
  }
  let blocks = shifted(draft.blocks, passed);
  for (let i = Math.min(passed, 7) - 1; i >= 0; i--) blocks |= blockBit(draft.frames, i) << i;
  draft.blocks = blocks;
}

const blockBit = (frames: number, i: number): number => {
  const block = (frames >>> (i * FRAMES_OF_BLOCK)) & ((1 << FRAMES_OF_BLOCK) - 1);
  return count(block) >= TUNING.blockFrames ? 1 : 0;
};

const shifted = (bits: number, by: number): number => (by >= 32 ? 0 : bits << by);
