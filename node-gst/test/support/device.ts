import type { MediaHarness } from '../../media.d.ts';
import { AUDIO, publisher, VIDEO } from './media.ts';
import { senderReport } from './rtcp.ts';
import { buildRtp, buildVp8 } from './rtp.ts';

export interface DeviceOptions {
  readonly csrc: number;
  /** Its wall clock minus true time, ms; it starts at true time 0 in 2020 otherwise. */
  readonly clockOffMs: number;
  /** How much faster its wall clock and media clocks run than true time, parts per million. */
  readonly driftPpm?: number;
  /** From capture to arrival. */
  readonly audioDelayMs: (trueMs: number) => number;
  readonly videoDelayMs: (trueMs: number) => number;
}

/** NTP counts from 1900; this is 2020-01-01. */
const EPOCH_MS = 3_786_825_600_000;
const AUDIO_BASE = 4_294_900_000;
const VIDEO_BASE = 12_345;

/**
 * A publisher in simulated time with audio (20 ms packets) and video (one packet per 33 ms frame) of the same captured
 * moments, clocks of its own, and a way to us. True time is the server's.
 */
export class Device {
  readonly peer: MediaHarness;
  readonly csrc: number;
  readonly #options: DeviceOptions;
  #audioSequence = 0;
  #videoSequence = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.csrc = options.csrc;
    this.peer = publisher(options.csrc, AUDIO.track({ ssrcs: [10] }), VIDEO.track({ ssrcs: [20] }));
  }

  /** Milliseconds from capture to arrival. */
  delays(trueMs: number): { readonly audio: number; readonly video: number } {
    return { audio: this.#options.audioDelayMs(trueMs), video: this.#options.videoDelayMs(trueMs) };
  }

  /** Captures and delivers audio of the moment. */
  audio(trueMs: number): void {
    const packet = buildRtp({ ssrc: 10, sequence: this.#audioSequence++ & 0xffff, timestamp: this.#audioTime(trueMs) });
    this.#receive(packet, trueMs + this.#options.audioDelayMs(trueMs));
  }

  video(trueMs: number, keyframe: boolean): void {
    const packet = buildRtp({
      payloadType: 96,
      ssrc: 20,
      sequence: this.#videoSequence++ & 0xffff,
      timestamp: this.#videoTime(trueMs),
      payload: buildVp8({ keyframe }),
    });
    this.#receive(packet, trueMs + this.#options.videoDelayMs(trueMs));
  }

  /** Both sender reports of the moment. */
  report(trueMs: number, delayMs = 0): void {
    const ntp = this.#ntp(trueMs);
    const now = toNs(trueMs + delayMs);
    this.peer.receiveRtcp(senderReport(10, ntp, this.#audioTime(trueMs)), now);
    this.peer.receiveRtcp(senderReport(20, ntp, this.#videoTime(trueMs)), now);
  }

  #own(trueMs: number): number {
    return trueMs * (1 + (this.#options.driftPpm ?? 0) / 1e6);
  }

  #ntp(trueMs: number): bigint {
    return BigInt(EPOCH_MS) * 1_000_000n + toNs(this.#own(trueMs) + this.#options.clockOffMs);
  }

  #audioTime(trueMs: number): number {
    return Math.round(AUDIO_BASE + this.#own(trueMs) * 48) % 2 ** 32;
  }

  #videoTime(trueMs: number): number {
    return Math.round(VIDEO_BASE + this.#own(trueMs) * 90) % 2 ** 32;
  }

  #receive(packet: Uint8Array, atMs: number): void {
    this.peer.receiveRtp(packet, toNs(atMs));
  }
}

export const toNs = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
