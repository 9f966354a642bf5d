import type { Slot, Track } from '../../media/types.ts';
import type { Order } from './order.ts';

/** The slots of one receiver and kind; every array is by slot index. */
export interface Row {
  readonly order: Order;
  readonly slots: readonly Slot[];
  /** What is routed now, whatever it is. */
  readonly before: readonly (Track | null)[];
  /** Who is to be heard, beside those who are pinned. Never more than there are free places in `now`. */
  readonly chosen: readonly Track[];
  /** The result. At first it has only what is pinned. */
  readonly now: (Track | null)[];
}

/**
 * Puts everybody who was chosen into a slot.
 *
 * Video first: who stays keeps the slot. Then, for every video slot that has an audio slot beside it, the voice of whom
 * it shows goes there. The choice that is left, where newcomers of the video row go, is made for as many such pairs as
 * can be, and among these for the fewest voices that have to move; other voices keep their slots where those are left to
 * them. `test/unit/conversation/assign/place.test.ts` compares with every other way there is.
 */
export function place(audio: Row, video: Row): void {
  for (const index of video.slots.keys()) putStaying(video, index);
  for (const index of video.now.keys()) putVoice(audio, video, index);
  placeWhereHeard(audio, video);
  placeInPairs(audio, video);
  placeRest(video, (index) => (canPair(audio, index) && staying(audio, index) === null ? 1 : 0));
  for (const index of audio.slots.keys()) putStaying(audio, index);
  placeRest(audio, (index) => (index >= video.slots.length ? 0 : isFree(video, index) ? 2 : 1));
}

/** Newcomers of the video row whose voice has a slot go beside it. */
function placeWhereHeard(audio: Row, video: Row): void {
  for (const track of missing(video)) {
    const voice = voiceOf(track, audio, video);
    if (voice === null) continue;
    const pinned = audio.now.indexOf(voice);
    const index = pinned >= 0 ? pinned : audio.before.indexOf(voice);
    if (!isFree(video, index) || (pinned < 0 && audio.now[index] !== null)) continue;
    video.now[index] = track;
    audio.now[index] = voice;
  }
}

/** Those whose voice has to move go where they displace nobody, as far as there are such places. */
function placeInPairs(audio: Row, video: Row): void {
  const open = [...video.now.keys()].filter((index) => isFree(video, index) && canPair(audio, index));
  const displaces = (index: number): number => (staying(audio, index) === null ? 0 : 1);
  const newcomers = missing(video).flatMap((track) => {
    const voice = voiceOf(track, audio, video);
    if (voice === null || audio.now.includes(voice)) return [];
    const index = audio.before.indexOf(voice);
    // Only where places are short: who has to move anyway, or is heard anew, goes before who could stay without a pair.
    return [{ track, voice, moves: index >= 0 && audio.now[index] === null ? 1 : 0 }];
  });
  open.sort((a, b) => displaces(a) - displaces(b));
  newcomers.sort((a, b) => a.moves - b.moves);
  for (const [i, { track, voice }] of newcomers.entries()) {
    const index = open[i];
    if (index === undefined) return;
    video.now[index] = track;
    audio.now[index] = voice;
  }
}

/** Everybody else, in the order; slots that change anyway first, then by what the slot costs later, then by index. */
function placeRest(row: Row, costOf: (index: number) => number): void {
  const tracks = missing(row);
  if (tracks.length === 0) return;
  const open = [...row.now.keys()].filter((index) => isFree(row, index));
  const cost = (index: number): number => (row.before[index] === null ? 10 : 0) + costOf(index);
  open.sort((a, b) => cost(a) - cost(b));
  for (const [i, track] of tracks.entries()) {
    const index = open[i];
    if (index !== undefined) row.now[index] = track;
  }
}

/** Who is heard in a slot, and is to be heard, and has no other place yet. */
function staying({ before, chosen, now }: Row, index: number): Track | null {
  const track = before[index] ?? null;
  return track !== null && chosen.includes(track) && !now.includes(track) ? track : null;
}

function putStaying(row: Row, index: number): void {
  if (isFree(row, index)) row.now[index] = staying(row, index);
}

/** Beside a video that is placed, its voice. */
function putVoice(audio: Row, video: Row, index: number): void {
  const track = video.now[index] ?? null;
  if (track === null || !canPair(audio, index)) return;
  const voice = voiceOf(track, audio, video);
  if (voice !== null && !audio.now.includes(voice)) audio.now[index] = voice;
}

/** The audio that belongs beside a video: the first of each kind of one publisher; null where it is not heard. */
function voiceOf(track: Track, audio: Row, video: Row): Track | null {
  if (video.order.byId.get(track.peer)?.tracks[0] !== track) return null;
  const voice = audio.order.byId.get(track.peer)?.tracks[0] ?? null;
  return voice !== null && (audio.chosen.includes(voice) || audio.now.includes(voice)) ? voice : null;
}

const missing = ({ chosen, now }: Row): Track[] => chosen.filter((track) => !now.includes(track));

const isFree = ({ now }: Row, index: number): boolean => now[index] === null;

/** Whether a voice may be put beside the video slot of this index. */
const canPair = (audio: Row, index: number): boolean => isFree(audio, index);
