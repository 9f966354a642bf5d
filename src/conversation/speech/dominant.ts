import { activeBlocks } from './activity.ts';
import { isFlat, isLively, type Publisher } from './publisher.ts';
import { dominates } from './scores.ts';
import { TUNING } from './tuning.ts';

/** In a spurt, and heard within the last tick. */
export const isTalking = (publisher: Publisher, now: number): boolean =>
  publisher.onset !== null && now - publisher.spokeAt <= TUNING.block;

/** May somebody who talks take the place of somebody who has one? */
export function overtakes(talker: Publisher, holder: Publisher, now: number): boolean {
  if (talker.onset === null) return false;
  const silence = now - holder.spokeAt;
  if (isFlat(talker) && !isFlat(holder) && silence < TUNING.memory) return false;
  if (reclaims(talker, holder, now)) return true;
  if (holder.onset !== null && silence < TUNING.pause) return outdoes(talker, holder);
  if (isSofter(talker, holder) && silence < TUNING.memory) return persists(talker) && silence >= TUNING.turnOver;
  return talker.onset >= holder.spokeAt - TUNING.handover || silence >= TUNING.turnOver || dominates(talker, holder);
}

/** Both speak. Whoever has the place keeps it against an equal one. */
function outdoes(talker: Publisher, holder: Publisher): boolean {
  if (isFlat(holder) && isLively(talker)) return true;
  const louder = talker.voice.loudness >= holder.voice.loudness + TUNING.louder;
  return (louder && isLively(talker) && persists(talker)) || dominates(talker, holder);
}

/** He spoke long, made a pause, and is speaking again: whoever just came in between gives the place back. */
function reclaims(talker: Publisher, holder: Publisher, now: number): boolean {
  if (holder.onset === null || talker.onset === null) return false;
  const young = now - holder.onset < TUNING.young && talker.onset < holder.onset;
  return young && activeBlocks(talker) >= activeBlocks(holder) + TUNING.reclaimBlocks;
}

const isSofter = (one: Publisher, other: Publisher): boolean =>
  one.voice.loudness < other.voice.loudness - TUNING.softer;

const persists = (talker: Publisher): boolean => activeBlocks(talker) >= TUNING.softBlocks;
