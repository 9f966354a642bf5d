import type { Clock, Timer } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { PeerId } from '../../base/ids.ts';
import type { LineFigures, Slot } from '../../media/types.ts';
import type { Member } from '../types.ts';
import { advance, isOnTrial, newLine, videosOf, type Line, type VideoSlots } from './line.ts';

/** A connected device whose line is looked at. */
export interface Receiver extends Pick<Member, 'id' | 'userid' | 'clientid' | 'slots'> {
  /** Null while it is not connected. */
  readonly connectedSince: number | null;
  line(): LineFigures;
}

/** What acts on it; the registry is it. */
export interface VideoRoutes {
  slotsOf(peer: PeerId): ReadonlyMap<Slot, Member | null>;
  limitVideo(peer: PeerId, videos: number | null): void;
}

export interface LinesOptions {
  readonly receivers: Iterable<Receiver>;
  readonly routes: VideoRoutes;
  readonly clock: Clock;
  /** Gets what a look at one of them throws; it costs that look only. */
  readonly onError: (error: unknown) => void;
}

export type LinesEvents = {
  /** A receiver gets less video, or more. `videos`: how many slots may be filled; null for all. */
  changed: [receiver: Receiver, videos: number | null, figures: LineFigures];
};

/** Whoever has just got more is looked at each time: sound is lost until it is seen that it was too much. */
const LOOK_MS = 250;
/** All are looked at once in so many: each second, of which figures are. */
const LOOKS = 4;

/** Looks at the lines of all who get video, and gives those that are congested less of it. One timer for all. */
export class Lines {
  readonly events: Emitter<LinesEvents>;
  readonly #options: LinesOptions;
  #looks = 0;
  /** Of those who get video, or would. */
  #lines = new Map<PeerId, Line>();
  /** Null before the start. */
  #timer: Timer | null = null;

  constructor(options: LinesOptions) {
    this.#options = options;
    this.events = new Emitter(options.onError);
  }

  /** How many video slots of a device may be filled; null for all. */
  videosOf(peer: PeerId): number | null {
    const line = this.#lines.get(peer);
    return line === undefined ? null : videosOf(line);
  }

  /** Receivers that get less video than there is, and none. */
  get counts(): { readonly thinned: number; readonly paused: number } {
    const count = { open: 0, thinned: 0, paused: 0 };
    for (const { state } of this.#lines.values()) count[state] += 1;
    return { thinned: count.thinned, paused: count.paused };
  }

  /** Until then, everybody gets all video. */
  start(): void {
    this.#timer ??= this.#next();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #next(): Timer {
    return this.#options.clock.after(LOOK_MS, () => {
      this.#timer = this.#next();
      this.#look();
    });
  }

  #look(): void {
    this.#looks = (this.#looks + 1) % LOOKS;
    const isForAll = this.#looks === 0;
    const now = this.#options.clock.now();
    const before = this.#lines;
    // Anew each time: whoever is gone is forgotten.
    this.#lines = new Map();
    for (const receiver of this.#options.receivers) {
      if (receiver.connectedSince === null) continue;
      const line = before.get(receiver.id);
      if (line !== undefined) this.#lines.set(receiver.id, line);
      if (!isForAll && (line === undefined || !isOnTrial(line, now))) continue;
      try {
        this.#lookAt(receiver, line);
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  #lookAt(receiver: Receiver, before: Line | undefined): void {
    const { routes, clock } = this.#options;
    if (!receiver.slots.some(isVideo)) return;
    const slots = videoSlots(routes.slotsOf(receiver.id));
    // One that gets none, for another reason, has no line to look at.
    if (slots.filled === 0 && before === undefined) return;
    const figures = receiver.line();
    const now = clock.now();
    const line = advance(before ?? newLine(now), figures, slots, now);
    this.#lines.set(receiver.id, line);
    const videos = videosOf(line);
    if (videos === (before === undefined ? null : videosOf(before))) return;
    routes.limitVideo(receiver.id, videos);
    this.events.emit('changed', receiver, videos, figures);
  }
}

const isVideo = ({ kind }: Slot): boolean => kind === 'video';

const videoSlots = (slots: ReadonlyMap<Slot, Member | null>): VideoSlots => {
  const members = [...slots].filter(([slot]) => isVideo(slot)).map(([, member]) => member);
  return { all: members.length, filled: members.filter((member) => member !== null).length };
};
