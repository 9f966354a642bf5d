import type { PeerId } from '../../base/ids.ts';
import { fade, isAwake, listen } from './activity.ts';
import { gatesOf, NO_GATES } from './gates.ts';
import { newPublisher, type Publisher } from './publisher.ts';
import { rankHeard, rankSeen, rankSpeaking, shareOut, talkersIn, type Publishers } from './ranking.ts';
import { TUNING } from './tuning.ts';
import type { Speech, SpeechSample } from './types.ts';

/** All that is remembered between two ticks of one conversation. A value: `advance` makes a new one of it. */
export interface SpeechState {
  readonly now: number;
  /** By arrival. */
  readonly publishers: Publishers;
  /** The same object as before where nothing in it changed. */
  readonly result: Speech;
}

const SILENCE: Speech = { heard: [], seen: [], speaking: [], gates: NO_GATES };

export const createSpeech = (): SpeechState => ({ now: -Infinity, publishers: new Map(), result: SILENCE });

/**
 * One tick, every 100 ms or so: a late one or a skipped one is only less exact. A pure function.
 *
 * @param samples what each device sent since the last tick; others than those present are ignored.
 * @param present the devices that publish audio or video, in order of arrival; what is not here is forgotten.
 * @param now milliseconds, on a clock that does not go back.
 */
export function advance(
  state: SpeechState,
  samples: ReadonlyMap<PeerId, SpeechSample>,
  present: readonly PeerId[],
  now: number,
): SpeechState {
  const publishers = listenToAll(state.publishers, samples, present, now);
  if (publishers === state.publishers) return state;
  const { heard, seen, speaking, gates } = state.result;
  const here = (id: PeerId): boolean => publishers.has(id);
  const talkers = talkersIn(publishers, now);
  const beginners = talkers.filter((id) => begins(id, state.publishers, now));
  const nextHeard = rankHeard(shareOut(heard.filter(here), beginners, publishers), talkers, publishers, now);
  const result: Speech = {
    heard: kept(heard, nextHeard),
    seen: kept(seen, rankSeen(seen.filter(here), talkers, publishers, now)),
    speaking: kept(speaking, rankSpeaking(speaking, nextHeard, publishers, now)),
    gates: gatesOf(publishers, gates, now),
  };
  const served = serve(publishers, talkers, nextHeard, Math.min(now - state.now, LONGEST_TICK));
  return { now, publishers: served, result: isSame(result, state.result) ? state.result : result };
}

/** What a late tick counts at most, in milliseconds. */
const LONGEST_TICK = 1000;

/** The same map where there is nothing new. */
function listenToAll(
  before: Publishers,
  samples: ReadonlyMap<PeerId, SpeechSample>,
  present: readonly PeerId[],
  now: number,
): Publishers {
  let changed = before.size !== present.length;
  const publishers = new Map<PeerId, Publisher>();
  for (const id of present) {
    const publisher = before.get(id);
    const next = nextOf(publisher, samples.get(id), now);
    changed ||= next !== publisher;
    publishers.set(id, next);
  }
  return changed ? publishers : before;
}

function nextOf(publisher: Publisher | undefined, sample: SpeechSample | undefined, now: number): Publisher {
  const known = publisher ?? newPublisher(now);
  if (sample !== undefined && sample.packets > 0) return listen(known, sample, now);
  return isAwake(known) ? fade(known, now) : known;
}

/** Begins to speak in this tick, and did not a moment ago. */
function begins(id: PeerId, before: Publishers, now: number): boolean {
  const publisher = before.get(id);
  return publisher === undefined || (publisher.onset === null && now - publisher.spokeAt >= TUNING.turnOver);
}

/** Who talks is served, by the place he has. */
function serve(
  publishers: Publishers,
  talkers: readonly PeerId[],
  heard: readonly PeerId[],
  elapsed: number,
): Publishers {
  if (talkers.length === 0) return publishers;
  const served = new Map(publishers);
  for (const id of talkers) {
    const publisher = publishers.get(id);
    if (publisher === undefined) continue;
    served.set(id, { ...publisher, served: publisher.served + elapsed / 1000 / (1 + heard.indexOf(id)) });
  }
  return served;
}

const kept = (before: readonly PeerId[], now: readonly PeerId[]): readonly PeerId[] =>
  before.length === now.length && before.every((id, i) => id === now[i]) ? before : now;

const isSame = (a: Speech, b: Speech): boolean =>
  a.heard === b.heard && a.seen === b.seen && a.speaking === b.speaking && a.gates === b.gates;
