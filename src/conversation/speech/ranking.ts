import type { PeerId } from '../../base/ids.ts';
import { activeBlocks } from './activity.ts';
import { isBehind, isTalking, overtakes } from './dominant.ts';
import { isEstablished, isLively, NEVER, newPublisher, type Publisher } from './publisher.ts';
import type { Publishers } from './publishers.ts';
import { TUNING } from './tuning.ts';

export const talkersIn = ({ ids, all }: Publishers, now: number): readonly PeerId[] =>
  ids.filter((_, i) => isTalking(all[i], now));

/**
 * Several who begin in the same tick compete by what they had so far: who was served least comes first. They share out
 * the places they have anyway, so nobody else moves.
 */
export function shareOut(heard: readonly PeerId[], beginners: readonly PeerId[], publishers: Publishers) {
  if (beginners.length < 2) return heard;
  const order = [...heard, ...beginners.filter((id) => !heard.includes(id))];
  const places = beginners.map((id) => order.indexOf(id)).sort((a, b) => a - b);
  const served = (id: PeerId): number => publishers.get(id)?.served ?? 0;
  const byNeed = [...beginners].sort((a, b) => served(a) - served(b));
  places.forEach((place, i) => (order[place] = byNeed[i] as PeerId));
  return order;
}

/** Those of the talkers who are in the background of somebody who speaks. */
export function backgroundOf(
  talkers: readonly PeerId[],
  heard: readonly PeerId[],
  publishers: Publishers,
  now: number,
) {
  const others = talkers.length === 0 ? [] : heard.flatMap((id) => publishers.get(id) ?? []);
  return talkers.filter((id) => {
    const talker = publishers.get(id);
    return talker !== undefined && others.some((other) => isBehind(talker, other, now));
  });
}

/** The order for audio. Everybody who ever spoke keeps his place until somebody who talks overtakes him. */
export function rankHeard(
  heard: readonly PeerId[],
  talkers: readonly PeerId[],
  background: readonly PeerId[],
  publishers: Publishers,
  now: number,
): readonly PeerId[] {
  const behind = new Set(background.map((id) => publishers.get(id)));
  const order = promoted(heard, talkers, publishers, (talker, holder) =>
    behind.has(talker) ? now - holder.spokeAt >= TUNING.memory : overtakes(talker, holder, now),
  );
  return withoutGuests(order, publishers, now);
}

/** Whoever was heard for a moment and is silent again goes back behind the speakers he came in front of. */
function withoutGuests(order: readonly PeerId[], publishers: Publishers, now: number): readonly PeerId[] {
  const is = (id: PeerId, what: (publisher: Publisher) => boolean): boolean =>
    what(publishers.get(id) ?? newPublisher(now));
  const last = order.findLastIndex((id) => is(id, (publisher) => isEstablished(publisher, now)));
  const isGuest = (id: PeerId, i: number): boolean =>
    i < last && is(id, (publisher) => !isEstablished(publisher, now) && now - publisher.spokeAt >= TUNING.turnOver);
  const guests = order.filter(isGuest);
  if (guests.length === 0) return order;
  const stay = order.slice(0, last + 1).filter((id) => !guests.includes(id));
  return [...stay, ...guests, ...order.slice(last + 1)];
}

/**
 * The order for video: whoever has talked for a while overtakes everybody who has been silent for a while. Not a claim:
 * somebody who was never quiet.
 */
export function rankSeen(seen: readonly PeerId[], talkers: readonly PeerId[], publishers: Publishers, now: number) {
  const lasting = talkers.filter((id) => {
    const publisher = publishers.get(id);
    return publisher?.wasQuiet === true && activeBlocks(publisher) >= TUNING.seenBlocks;
  });
  return promoted(seen, lasting, publishers, (talker, holder) => {
    const isVoice = isLively(talker) || !isEstablished(holder, now);
    return isVoice && now - holder.spokeAt >= TUNING.seenHold;
  });
}

/** For people to look at: the dominant one first, then louder before softer; equal ones stay as they were shown. */
export function rankSpeaking(
  speaking: readonly PeerId[],
  heard: readonly PeerId[],
  publishers: Publishers,
  now: number,
): readonly PeerId[] {
  const shown = heard.filter((id) => now - spokeAt(publishers, id) < TUNING.speakingHold);
  if (shown.length < 2) return shown;
  const before = new Set(speaking);
  const known = speaking.filter((id) => shown.includes(id));
  const [dominant, ...others] = [
    ...new Set([...shown.slice(0, 1), ...known, ...shown.filter((id) => !before.has(id))]),
  ];
  const loudness = (id: PeerId | undefined): number =>
    (id === undefined ? undefined : publishers.get(id)?.voice.loudness) ?? -Infinity;
  for (let i = 1; i < others.length; i++) {
    for (let j = i; j > 0 && loudness(others[j]) >= loudness(others[j - 1]) + TUNING.speakingStep; j--) {
      others.splice(j - 1, 2, ...others.slice(j - 1, j + 1).reverse());
    }
  }
  return dominant === undefined ? others : [dominant, ...others];
}

/**
 * Each talker in turn: those above him whom he overtakes move to just behind him. So the others above him, who may be
 * waiting or talking themselves, stay in front, and no set of the first k loses anybody it need not.
 */
function promoted(
  order: readonly PeerId[],
  talkers: readonly PeerId[],
  publishers: Publishers,
  wins: (talker: Publisher, holder: Publisher) => boolean,
): readonly PeerId[] {
  let result = order;
  for (const id of talkers) {
    const talker = publishers.get(id);
    if (talker === undefined) continue;
    const known = result.indexOf(id);
    const at = known === -1 ? result.length : known;
    const above = result.slice(0, at);
    const losers = new Set(above.filter((other) => wins(talker, publishers.get(other) ?? talker)));
    if (known !== -1 && losers.size === 0) continue;
    const stay = above.filter((other) => !losers.has(other));
    result = [...stay, id, ...losers, ...result.slice(at + 1)];
  }
  return result;
}

const spokeAt = (publishers: Publishers, id: PeerId): number => publishers.get(id)?.spokeAt ?? NEVER;
