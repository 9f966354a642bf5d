import { activeBlocks } from './activity.ts';
import { isEstablished, isFlat, isLively, NEVER, type Publisher } from './publisher.ts';
import { dominates } from './scores.ts';
import { TUNING } from './tuning.ts';

/** In a spurt, and heard within the last tick. */
export const isTalking = (publisher: Publisher | undefined, now: number): boolean =>
  publisher?.onset != null && now - publisher.spokeAt <= TUNING.block;

/** May somebody who talks take the place of somebody who has one? With an equal one, whoever has the place keeps it. */
export function overtakes(talker: Publisher, holder: Publisher, now: number): boolean {
  if (isBarred(talker, holder, now)) return false;
  if (isFlat(holder) && (isLively(talker) || (talker.wasQuiet && !holder.wasQuiet))) return true;
  if (isLouder(talker, holder, now)) return true;
  const softer = isEstablished(talker, now) ? TUNING.softer : TUNING.newcomerSofter;
  const isRecent = now - holder.spokeAt < TUNING.memory;
  if (isRecent && isSofter(talker, holder, softer)) return answersSoftly(talker, holder, now);
  return reclaims(talker, holder, now) || dominates(talker, holder) || answers(talker, holder, now);
}

/** What is no voice takes no place of one that spoke not long ago. */
const isBarred = (talker: Publisher, holder: Publisher, now: number): boolean =>
  now - holder.spokeAt < TUNING.memory && isFlat(talker) && !isFlat(holder);

/** The other one is silent, and this one began after him or has waited until his turn was over. */
function answers(talker: Publisher, holder: Publisher, now: number): boolean {
  const silence = now - holder.spokeAt;
  if (silence < TUNING.pause) return false;
  return silence >= TUNING.turnOver || (talker.onset ?? NEVER) >= holder.spokeAt - TUNING.handover;
}

/** A hum is not yet an answer. */
const answersSoftly = (talker: Publisher, holder: Publisher, now: number): boolean =>
  now - holder.spokeAt >= TUNING.turnOver && persists(talker);

/** Louder by far, and not only with one sound. */
function isLouder(talker: Publisher, holder: Publisher, now: number): boolean {
  if (!isSofter(holder, talker, TUNING.softer)) return false;
  return isEstablished(talker, now) || persists(talker);
}

/** He spoke long, made a pause, and is speaking again: whoever just came in between gives the place back. */
function reclaims(talker: Publisher, holder: Publisher, now: number): boolean {
  if (holder.onset === null || talker.onset === null) return false;
  const young = now - holder.onset < TUNING.young && talker.onset < holder.onset;
  return young && activeBlocks(talker) >= activeBlocks(holder) + TUNING.reclaimBlocks;
}

/** A voice, for a while. */
const persists = (talker: Publisher): boolean => isLively(talker) && activeBlocks(talker) >= TUNING.persistBlocks;

/** Is he so much softer than somebody who speaks that he is in the background? */
export const isBehind = (talker: Publisher, other: Publisher, now: number): boolean =>
  now - other.spokeAt < TUNING.backgroundHold && !isFlat(other) && isSofter(talker, other, TUNING.background);

const isSofter = (one: Publisher, other: Publisher, by: number): boolean =>
  one.voice.loudness <= other.voice.loudness - by;
