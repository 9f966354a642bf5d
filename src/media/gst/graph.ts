import gst, { type Forwarder } from 'node-gst';
import type { ForwardingGraph, Slot, TapSlot, Track, TrackLevel } from '../types.ts';
import { nativeSlot, nativeTrack } from './ends.ts';

/** RFC 6464 knows levels from 0 to 127, -dBov. */
const SILENCE = 127;

/** Where things are in a record of node-gst's `takeLevels`. */
const PACKETS = 0;
const BYTES = 1;
const VOICED = 2;
const LEVEL_COUNT = 3;
const FIRST_LEVEL = 4;

/** The forwarding graph of one conversation, on a native forwarder. */
export class GstGraph implements ForwardingGraph {
  readonly #forwarder: Forwarder = gst.forwarder();
  readonly #onClosed: () => void;
  /** For `takeLevels`, which is called all the time; grows with the conversation. */
  #records = new Int32Array(0);

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  route(slot: Slot | TapSlot, track: Track | null): void {
    this.#forwarder.route(nativeSlot(slot), track === null ? null : nativeTrack(track));
  }

  takeLevels(tracks: readonly Track[]): readonly TrackLevel[] {
    const size = tracks.length * gst.LEVELS_SIZE;
    if (this.#records.length < size) this.#records = new Int32Array(size);
    if (gst.takeLevels(tracks.map(nativeTrack), this.#records) === 0) return [];
    return tracks.flatMap((track, i) => readRecord(track, this.#records, i * gst.LEVELS_SIZE) ?? []);
  }

  gate(track: Track, dBov: number | null): void {
    this.#forwarder.gate(nativeTrack(track), dBov === null ? null : quietest(dBov));
  }

  close(): void {
    this.#forwarder.close();
    this.#onClosed();
  }
}

/** The highest native level that is not quieter than this. */
const quietest = (dBov: number): number => Math.min(Math.max(Math.floor(-dBov), 0), SILENCE);

function readRecord(track: Track, records: Int32Array, at: number): TrackLevel | null {
  const number = (index: number): number => records[at + index] ?? 0;
  const packets = number(PACKETS);
  if (packets === 0) return null;
  return {
    track,
    packets,
    bytes: number(BYTES),
    voiced: number(VOICED),
    levels: Array.from({ length: number(LEVEL_COUNT) }, (_, i) => 0 - number(FIRST_LEVEL + i)),
  };
}
