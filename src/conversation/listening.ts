import type { PeerId } from '../base/ids.ts';
import type { ForwardingGraph, Track, TrackLevel } from '../media/types.ts';
import { samplesOf } from './samples.ts';
import { audioIn, type Company } from './seats.ts';
import { advance, createSpeech, renamed, type SpeechState } from './speech/speech.ts';
import type { Speech } from './speech/types.ts';
import type { Member } from './types.ts';

/** Looks at levels, and so knows who speaks; sets the gates of those who do not. */
export class Listening {
  readonly #graph: Pick<ForwardingGraph, 'takeLevels' | 'gate'>;
  readonly #onFault: (error: unknown) => void;
  readonly #gates = new Map<Track, number>();
  #state: SpeechState = createSpeech();
  /** What the gates are set by; null where they have to be looked at again. */
  #gatedBy: Speech['gates'] | null = null;

  /** @param onFault gets what the media plane throws. */
  constructor(graph: Pick<ForwardingGraph, 'takeLevels' | 'gate'>, onFault: (error: unknown) => void) {
    this.#graph = graph;
    this.#onFault = onFault;
  }

  get speech(): Speech {
    return this.#state.result;
  }

  /** False where nothing has changed. */
  tick({ seats, publishers, audioTracks }: Company, now: number): boolean {
    const before = this.speech;
    const samples = samplesOf(this.#takeLevels(audioTracks));
    this.#state = advance(this.#state, samples, publishers, now);
    if (this.#gatedBy !== this.speech.gates) this.#setGates(new Map(seats.map(({ id, tracks }) => [id, tracks])));
    return this.speech !== before;
  }

  /** Drops what these members sent while nobody listened: it is of no certain age. */
  begin(members: readonly Member[]): void {
    this.#takeLevels(members.flatMap(({ tracks }) => audioIn(tracks)));
  }

  /** `next` speaks on where `old` stopped. */
  handOver(old: Member, next: Member): void {
    this.#state = renamed(this.#state, old.id, next.id);
    this.remove(old);
  }

  /** Takes the gates of a member away: his tracks may go to another conversation. */
  remove({ tracks }: Member): void {
    for (const track of tracks) this.#gate(track, null);
    this.#gatedBy = null;
  }

  /** Forgets everything and takes every gate away. */
  reset(): void {
    this.#state = createSpeech();
    for (const track of [...this.#gates.keys()]) this.#gate(track, null);
    this.#gatedBy = null;
  }

  #setGates(tracks: ReadonlyMap<PeerId, readonly Track[]>): void {
    const wanted = new Map<Track, number>();
    for (const [id, dBov] of this.speech.gates) {
      for (const track of audioIn(tracks.get(id) ?? [])) wanted.set(track, dBov);
    }
    for (const track of [...this.#gates.keys()]) if (!wanted.has(track)) this.#gate(track, null);
    for (const [track, dBov] of wanted) this.#gate(track, dBov);
    this.#gatedBy = this.speech.gates;
  }

  #gate(track: Track, dBov: number | null): void {
    if ((this.#gates.get(track) ?? null) === dBov) return;
    // A gate that cannot be taken away is forgotten all the same: its track is at its end.
    if (dBov === null) this.#gates.delete(track);
    try {
      this.#graph.gate(track, dBov);
      if (dBov !== null) this.#gates.set(track, dBov);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #takeLevels(tracks: readonly Track[]): readonly TrackLevel[] {
    try {
      return this.#graph.takeLevels(tracks);
    } catch (error) {
      this.#onFault(error);
      return [];
    }
  }
}
