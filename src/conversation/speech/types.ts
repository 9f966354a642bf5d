import type { PeerId } from '../../base/ids.ts';

/** What one publishing device sent on its audio track since the last tick. A device that sent nothing has no sample. */
export interface SpeechSample {
  readonly packets: number;
  /** Of RTP payload. */
  readonly bytes: number;
  /** dBov of each packet, -127 (silence) to 0, oldest first, the newest 32 at most; empty without RFC 6464. */
  readonly levels: readonly number[];
  /** Packets with the voice-activity bit. */
  readonly voiced: number;
}

/** Who speaks, as far as slots, gates and people's screens are concerned. Devices that left are in none of these. */
export interface Speech {
  /**
   * Who deserves an audio slot, first come first: with k slots the first k of them, the receiver itself left out.
   * Whoever is not in it comes behind, in order of arrival.
   */
  readonly heard: readonly PeerId[];
  /** The same for video, which follows more slowly: a switch costs a key frame. */
  readonly seen: readonly PeerId[];
  /** Who speaks right now: the dominant one, then the loudest first. Empty when nobody does. */
  readonly speaking: readonly PeerId[];
  /**
   * Devices whose packets need not be forwarded while they are quieter than this, in dBov. Empty while nobody speaks;
   * never one that sends no levels. The first louder packet passes, and what follows it: that is the forwarder's work.
   */
  readonly gates: ReadonlyMap<PeerId, number>;
}
