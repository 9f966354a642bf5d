import type { Ssrc } from '../../base/ids.ts';
import type { Member } from '../../conversation/types.ts';
import type { TapSlot, Track } from '../../media/types.ts';
import type { RecordedTrack } from '../types.ts';

interface Recorded {
  readonly recorded: RecordedTrack;
  isHeard: boolean;
}

/**
 * The tracks of a recording. A track keeps its SSRC while it is there, whatever happens to the recorder's process; none is
 * used twice.
 */
export class Tracks {
  readonly #tracks = new Map<Track, Recorded>();
  readonly #participants = new Set<number>();
  #nextSsrc = 1;

  ssrcOf(track: Track): Ssrc {
    return (this.#tracks.get(track)?.recorded.ssrc ?? this.#nextSsrc) as Ssrc;
  }

  /** The track is heard in a slot with the SSRC of `ssrcOf`. */
  add(member: Member, track: Track, slot: TapSlot): { readonly recorded: RecordedTrack; readonly isNew: boolean } {
    const known = this.#tracks.get(track);
    if (known !== undefined) {
      known.isHeard = true;
      return { recorded: known.recorded, isNew: false };
    }
    const { csrc, userid, clientid } = member;
    const { ssrc, kind, codec, payloadType, clockRate } = slot;
    const recorded = { ssrc, csrc, userid, clientid, kind, codec, mid: track.mid, payloadType, clockRate };
    this.#tracks.set(track, { recorded, isHeard: true });
    this.#nextSsrc += 1;
    return { recorded, isNew: true };
  }

  /** Whether this device is in the recording for the first time. */
  isNewParticipant({ csrc }: Member): boolean {
    if (this.#participants.has(csrc)) return false;
    this.#participants.add(csrc);
    return true;
  }

  /** The track has ended. Null where it is not known. */
  remove(track: Track): number | null {
    const ssrc = this.#tracks.get(track)?.recorded.ssrc ?? null;
    this.#tracks.delete(track);
    return ssrc;
  }

  /** Nothing is heard any more, for a while: the recorder's process has gone. */
  pause(): void {
    for (const track of this.#tracks.values()) track.isHeard = false;
  }

  /** Takes out those that have ended during the pause. */
  takeMissing(): readonly number[] {
    const missing = [...this.#tracks].filter(([, { isHeard }]) => !isHeard);
    return missing.flatMap(([track]) => this.remove(track) ?? []);
  }

  takeAll(): readonly number[] {
    this.pause();
    return this.takeMissing();
  }

  trackOf(ssrc: number): Track | null {
    return [...this.#tracks].find(([, { recorded }]) => recorded.ssrc === ssrc)?.[0] ?? null;
  }

  recordedOf(ssrc: number): RecordedTrack | null {
    return [...this.#tracks.values()].find(({ recorded }) => recorded.ssrc === ssrc)?.recorded ?? null;
  }
}
