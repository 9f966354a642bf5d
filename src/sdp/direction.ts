import { has, values, type Block } from './lines.ts';
import { refuse } from './refuse.ts';
import type { SectionUse } from './types.ts';

export const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** The directions a block names, each as often as it does. */
export const directionsIn = (block: Block): Direction[] =>
  DIRECTIONS.flatMap((direction) => (has(block, direction) ? values(block, direction).map(() => direction) : []));

/** The section's own direction, else the session's, else sendrecv (RFC 8866 §6.7). */
export function sectionDirection(session: Block, section: Block, name: string): Direction {
  return soleDirection(section, name) ?? soleDirection(session, 'the session') ?? 'sendrecv';
}

function soleDirection(block: Block, name: string): Direction | null {
  const [direction, second] = directionsIn(block);
  if (second !== undefined) refuse('offer-direction', name);
  return direction ?? null;
}

/** The client's direction, seen from us. */
export const USE_OF = {
  sendrecv: 'both',
  sendonly: 'publish',
  recvonly: 'slot',
  inactive: 'inactive',
} as const satisfies Record<Direction, SectionUse>;

/** What the client offers for a use: the same use again, when the text that we write is read. */
export const OFFERED_FOR = {
  both: 'sendrecv',
  publish: 'sendonly',
  slot: 'recvonly',
  inactive: 'inactive',
} as const satisfies Record<SectionUse, Direction>;

/** What we answer for a use. */
export const ANSWERED_FOR = {
  both: 'sendrecv',
  publish: 'recvonly',
  slot: 'sendonly',
  inactive: 'inactive',
} as const satisfies Record<SectionUse, Direction>;
