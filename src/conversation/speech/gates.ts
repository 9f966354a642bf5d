import type { PeerId } from '../../base/ids.ts';
import { gateOver } from './floor.ts';
import type { Publisher } from './publisher.ts';
import type { Publishers } from './ranking.ts';
import { TUNING } from './tuning.ts';

export type Gates = ReadonlyMap<PeerId, number>;

export const NO_GATES: Gates = new Map();

/**
 * The gates of this tick: while somebody is in a spurt, for everybody else who has been quiet.
 *
 * What is too soft to be heard beside a speaker goes at once; noise that can be heard goes after a hold, because one would
 * notice it come and go. When nobody speaks the gates stay for a while, so that the pauses of one speaker do not open and
 * close those of the others, and then all of them go.
 */
export function gatesOf(publishers: Publishers, before: Gates, now: number): Gates {
  const { speakers, loud, spokeAt } = whoIsLoud(publishers);
  if (speakers.length === 0 && now - spokeAt > TUNING.gateRelease) return NO_GATES;
  const gates = new Map<PeerId, number>();
  for (const [id, publisher] of publishers) {
    const old = before.get(id);
    const gate = gateFor(publisher, now);
    if (gate === null || !isCovered(id, publisher, { speakers, loud }, old !== undefined)) continue;
    gates.set(id, old !== undefined && Math.abs(old - gate) < TUNING.gateStep ? old : gate);
  }
  return sameGates(before, gates) ? before : gates;
}

interface Loud {
  /** In a spurt. */
  readonly speakers: readonly PeerId[];
  /** Their newest packets were loud, speech or not. */
  readonly loud: readonly PeerId[];
}

/** Is there a sound beside which this one's silence is not missed? */
function isCovered(id: PeerId, publisher: Publisher, { speakers, loud }: Loud, gated: boolean): boolean {
  if (speakers.some((other) => other !== id)) return true;
  if (publisher.onset !== null) return loud.some((other) => other !== id);
  return speakers.length === 0 && gated;
}

function gateFor(publisher: Publisher, now: number): number | null {
  if (publisher.levels !== true) return null;
  if (now - publisher.audibleAt >= TUNING.gateHold) return gateOver(publisher.floor);
  return publisher.newest < TUNING.inaudible ? TUNING.inaudible : null;
}

function whoIsLoud(publishers: Publishers): Loud & { readonly spokeAt: number } {
  const speakers: PeerId[] = [];
  const loud: PeerId[] = [];
  let spokeAt = -Infinity;
  for (const [id, publisher] of publishers) {
    if (publisher.onset !== null) speakers.push(id);
    if (publisher.run > 0) loud.push(id);
    spokeAt = Math.max(spokeAt, publisher.spokeAt);
  }
  return { speakers, loud, spokeAt };
}

const sameGates = (a: Gates, b: Gates): boolean =>
  a.size === b.size && [...b].every(([id, gate]) => a.get(id) === gate);
