import type { MediaKind } from '../types.ts';

/** From, and up to, ms. On the composition's own time, whose 0 is its beginning, unless something else is said. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** What one file holds of one track. */
export interface Piece extends Interval {
  readonly path: string;
  /** The index of its stream in the file. */
  readonly stream: number;
  /** It cannot be read as it is: its stream has to be copied to a Matroska file of its own. */
  readonly isToBeCopied: boolean;
  readonly kind: MediaKind;
  /** As ffmpeg calls it. */
  readonly codec: string;
  /** The `key` of a person. */
  readonly person: string;
  /** When there is something to see, or to hear: a camera that stands still for long shows nothing. In order. */
  readonly runs: readonly Interval[];
}

/** A device in the conversation, over all of its connections. */
export interface Person {
  readonly key: string;
  readonly name: string;
  /** When it was there; in order, apart from each other. */
  readonly there: readonly Interval[];
}

/** Everything that is to be put together. */
export interface Timeline {
  readonly conversation: string;
  /** When it begins, ms since 1970. */
  readonly originMs: number;
  readonly durationMs: number;
  /** In the order of coming. */
  readonly people: readonly Person[];
  /** In the order of their beginnings. */
  readonly pieces: readonly Piece[];
}

/** Something is wrong with what was asked for, or with what it was asked for. The message is for people. */
export class ComposeError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ComposeError';
    this.status = status;
  }
}

/** Exit statuses. */
export const EXIT = { done: 0, failed: 1, nothing: 2, usage: 64, unavailable: 69 } as const;
