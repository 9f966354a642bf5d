import type { PeerId } from '../../base/ids.ts';
import { fade, isAwake, listen } from './activity.ts';
import { gatesOf, NO_GATES } from './gates.ts';
import { isEstablished, NEVER, newPublisher, type Publisher } from './publisher.ts';
import { Publishers } from './publishers.ts';
import { backgroundOf, rankHeard, rankSeen, rankSpeaking, shareOut, talkersIn } from './ranking.ts';
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

export const createSpeech = (): SpeechState => ({ now: NEVER, publishers: Publishers.NONE, result: SILENCE });

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
  const at = Math.round(now);
  const publishers = listenToAll(state.publishers, samples, present, at);
  if (publishers === state.publishers) return state;
  const { heard, seen, speaking, gates } = state.result;
  const here = (id: PeerId): boolean => publishers.has(id);
  const talkers = talkersIn(publishers, at);
  const beginners = talkers.filter((id) => begins(id, state.publishers, at));
  const started = shareOut(heard.filter(here), beginners, publishers);
  const background = backgroundOf(talkers, started, publishers, at);
  const nextHeard = rankHeard(started, talkers, background, publishers, at);
  const lookedAt = talkers.filter((id) => !background.includes(id));
  const result: Speech = {
    heard: kept(heard, nextHeard),
    seen: kept(seen, rankSeen(seen.filter(here), lookedAt, publishers, at)),
    speaking: kept(speaking, rankSpeaking(speaking, nextHeard, publishers, at)),
    gates: gatesOf(publishers, gates, at),
  };
  const served = serve(publishers, talkers, nextHeard, Math.min(at - state.now, LONGEST_TICK));
  return { now: at, publishers: served, result: isSame(result, state.result) ? state.result : result };
}

/** The same with another id of one device: `next` speaks on where `old` stopped. */
export function renamed({ now, publishers, result }: SpeechState, old: PeerId, next: PeerId): SpeechState {
  const name = (id: PeerId): PeerId => (id === old ? next : id);
  return {
    now,
    publishers: publishers.renamed(name),
    result: {
      heard: result.heard.map(name),
      seen: result.seen.map(name),
      speaking: result.speaking.map(name),
      gates: new Map([...result.gates].map(([id, dBov]) => [name(id), dBov])),
    },
  };
}

/** What a late tick counts at most, in milliseconds. */
const LONGEST_TICK = 1000;

/** The same value where there is nothing new. */
function listenToAll(
  before: Publishers,
  samples: ReadonlyMap<PeerId, SpeechSample>,
  present: readonly PeerId[],
  now: number,
): Publishers {
  if (!before.are(present)) {
    const ids = [...present];
    return new Publishers(
      ids,
      ids.map((id) => nextOf(before.get(id), samples.get(id), now)),
    );
  }
  const all = before.all.map((publisher, i) => nextOf(publisher, samples.get(present[i] as PeerId), now));
  return all.some((publisher, i) => publisher !== before.all[i]) ? before.with(all) : before;
}

function nextOf(publisher: Publisher | undefined, sample: SpeechSample | undefined, now: number): Publisher {
  const known = publisher ?? newPublisher(now);
  if (sample !== undefined && sample.packets > 0) return listen(known, sample, now);
  return isAwake(known) ? fade(known, now) : known;
}

/** Begins to speak in this tick, and has no place to defend. */
function begins(id: PeerId, before: Publishers, now: number): boolean {
  const publisher = before.get(id);
  if (publisher === undefined) return true;
  return publisher.onset === null && !isEstablished(publisher, now);
}

/** Who talks is served, by the place he has. */
function serve(
  publishers: Publishers,
  talkers: readonly PeerId[],
  heard: readonly PeerId[],
  elapsed: number,
): Publishers {
  if (talkers.length === 0) return publishers;
  const all = publishers.all.map((publisher, i) => {
    const id = publishers.ids[i] as PeerId;
    if (!talkers.includes(id)) return publisher;
    return { ...publisher, served: publisher.served + Math.round(elapsed / (1 + heard.indexOf(id))) };
  });
  return publishers.with(all);
}

const kept = (before: readonly PeerId[], now: readonly PeerId[]): readonly PeerId[] =>
  before.length === now.length && before.every((id, i) => id === now[i]) ? before : now;

const isSame = (a: Speech, b: Speech): boolean =>
  a.heard === b.heard && a.seen === b.seen && a.speaking === b.speaking && a.gates === b.gates;
