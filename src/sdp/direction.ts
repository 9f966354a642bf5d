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

/** What the client offers for a use of a section, and what we answer to it: the same, seen from us (RFC 3264 §6.1). */
export const DIRECTIONS_FOR = {
  both: { offered: 'sendrecv', answered: 'sendrecv' },
  publish: { offered: 'sendonly', answered: 'recvonly' },
  slot: { offered: 'recvonly', answered: 'sendonly' },
  inactive: { offered: 'inactive', answered: 'inactive' },
} as const satisfies Record<SectionUse, { offered: Direction; answered: Direction }>;

const USES = Object.keys(DIRECTIONS_FOR) as SectionUse[];

/** The same from the client's side: what its direction makes of the section. */
export const USE_OF = Object.fromEntries(USES.map((use) => [DIRECTIONS_FOR[use].offered, use])) as Readonly<
  Record<Direction, SectionUse>
>;
