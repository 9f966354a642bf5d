import type { PeerId } from '../../base/ids.ts';
import { gateOver } from './floor.ts';
import { NEVER, type Publisher } from './publisher.ts';
import type { Publishers } from './publishers.ts';
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
  const { speakers, loud, masking, spokeAt } = whoIsLoud(publishers);
  const isReleased = speakers.length === 0 && now - spokeAt > TUNING.gateRelease;
  if (isReleased && masking.length === 0) return NO_GATES;
  const gates = new Map<PeerId, number>();
  publishers.all.forEach((publisher, i) => {
    const id = publishers.ids[i];
    const gate = gateFor(publisher, now);
    if (id === undefined || gate === null) return;
    const old = before.get(id);
    const isMasked = publisher.newest < TUNING.inaudible && masking.some((other) => other !== id);
    if (!isMasked && !isCovered(id, publisher, { speakers, loud }, old !== undefined && !isReleased)) return;
    gates.set(id, old !== undefined && Math.abs(old - gate) < TUNING.gateStep ? old : gate);
  });
  return sameGates(before, gates) ? before : gates;
}

function sameGates(a: Gates, b: Gates): boolean {
  if (a.size !== b.size) return false;
  for (const [id, gate] of b) if (a.get(id) !== gate) return false;
  return true;
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

function whoIsLoud({ ids, all }: Publishers): Loud & { readonly masking: readonly PeerId[]; readonly spokeAt: number } {
  return {
    masking: ids.filter((_, i) => (all[i]?.newest ?? TUNING.floorMin) >= TUNING.masking),
    speakers: ids.filter((_, i) => all[i]?.onset != null),
    loud: ids.filter((_, i) => (all[i]?.run ?? 0) > 0),
    spokeAt: all.reduce((latest, { spokeAt }) => Math.max(latest, spokeAt), NEVER),
  };
}
