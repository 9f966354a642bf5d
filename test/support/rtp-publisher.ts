import { make, type GstObject } from 'node-gst';
import type { Track } from '../../src/media/types.ts';
import type { MediaKind } from '../../src/sdp/types.ts';
import type { Admission, MediaRoom } from './media-room.ts';
import { found, readBuffers, RtpClient, transportOf } from './rtp-client.ts';

/** NTP counts from 1900. */
const SECONDS_TO_1970 = 2_208_988_800;
const SENDER_REPORT = 200;

/** Timestamps per millisecond. */
export const RATES = { audio: 48, video: 90 } as const;
export const RTP_CAPS = {
  audio:
    'application/x-rtp,media=(string)audio,encoding-name=(string)OPUS,clock-rate=(int)48000,encoding-params=(string)2,payload=(int)111',
  video:
    'application/x-rtp,media=(string)video,encoding-name=(string)VP8,clock-rate=(int)90000,payload=(int)96,rtcp-fb-nack-pli=(boolean)true',
} as const;
const PAYLOAD_TYPES = { audio: 111, video: 96 } as const;
const SSRCS = { audio: 101, video: 102 } as const;

/** Now on the wall clock of this machine, which is the server's, too; ms since 1970. */
const wallClock = (): number => performance.timeOrigin + performance.now();

/** The moment a 64-bit NTP time stands for, ms since 1970. */
export const ntpToMs = (ntp: bigint): number =>
  (Number(ntp >> 32n) - SECONDS_TO_1970) * 1000 + (Number(ntp & 0xffffffffn) / 2 ** 32) * 1000;

/** What a test packet carries behind the codec's own first bytes: when it was captured, ms since 1970. */
export const capturedAt = (payload: Uint8Array): number =>
  new DataView(payload.buffer, payload.byteOffset + payload.byteLength - 8).getFloat64(0);

/**
 * A device with a microphone and a camera, whose wall clock is wrong: each packet says when it was captured in truth, and
 * the sender reports of its RTP session are changed on their way out to those that a wrong clock would have written.
 */
export class RtpPublisher {
  readonly #client = new RtpClient();
  readonly #clockOffSeconds: number;
  readonly #delayMs: Readonly<Record<MediaKind, number>>;
  readonly #sources: Readonly<Record<MediaKind, GstObject>>;
  readonly #objects: GstObject[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #sequence = { audio: 65_400, video: 65_500 };
  /** Each stream has a clock of its own: where its timestamps stand says nothing. */
  readonly #base = { audio: randomTimestamp(), video: randomTimestamp() };
  #admission: Admission | null = null;
  #isOpen = true;
  /** Reports that went out. */
  readonly reports = { audio: 0, video: 0 };

  /** `delayMs`: from the capture to the packet, as an encoder takes it. */
  constructor(clockOffSeconds: number, delayMs: Readonly<Record<MediaKind, number>>) {
    this.#clockOffSeconds = clockOffSeconds;
    this.#delayMs = delayMs;
    this.#sources = { audio: this.#source('audio'), video: this.#source('video') };
  }

  get csrc(): number {
    return found(this.#admission, 'connection').csrc;
  }

  track(kind: MediaKind): Track {
    const { tracks } = found(this.#admission, 'connection').peer;
    return found(
      tracks.find((track) => track.kind === kind),
      `${kind} track`,
    );
  }

  /** Connects, and begins to send: audio each 20 ms, a picture each 100 ms, every fifth a key frame. */
  async enter(room: MediaRoom): Promise<void> {
    this.#admission = await this.#client.enter(room, () => this.#setClockWrong());
    const session = this.#client.session();
    // Half a second instead of five.
    session.set('rtcp-min-interval', 500_000_000).dispose();
    let pictures = 0;
    this.#timers.push(
      setInterval(() => this.#capture('audio', [0xf8]), 20),
      setInterval(() => this.#capture('video', [0x10, pictures++ % 5 === 0 ? 0x10 : 0x11]), 100),
    );
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#client.close();
    for (const object of [...Object.values(this.#sources), ...this.#objects]) object.dispose();
  }

  #source(kind: MediaKind): GstObject {
    const caps = `${RTP_CAPS[kind]},ssrc=(uint)${SSRCS[kind]}`;
    const source = make('appsrc')
      .set('is-live', true)
      .set('format', 'time')
      .set('do-timestamp', true)
      .set('caps', caps);
    this.#client.pipeline.add(source);
    source.link(this.#client.bin, caps);
    return source;
  }

  #capture(kind: MediaKind, codecBytes: readonly number[]): void {
    const at = wallClock();
    setTimeout(() => this.#isOpen && this.#send(kind, at, codecBytes), this.#delayMs[kind]);
  }

  #send(kind: MediaKind, capturedAtMs: number, codecBytes: readonly number[]): void {
    const packet = new Uint8Array(12 + codecBytes.length + 8);
    const view = new DataView(packet.buffer);
    view.setUint8(0, 0x80);
    view.setUint8(1, PAYLOAD_TYPES[kind]);
    view.setUint16(2, this.#sequence[kind]++ % 2 ** 16);
    view.setUint32(4, this.#timestampAt(kind, capturedAtMs));
    view.setUint32(8, SSRCS[kind]);
    packet.set(codecBytes, 12);
    view.setFloat64(12 + codecBytes.length, capturedAtMs);
    this.#sources[kind].emit('push-buffer', packet);
  }

  #timestampAt(kind: MediaKind, ms: number): number {
    return (this.#base[kind] + Math.round(ms * RATES[kind])) % 2 ** 32;
  }

  /** Between the RTP session and the transport: reports are taken out, changed, and put in again. */
  #setClockWrong(): void {
    const { bin } = this.#client;
    const rtpbin = found(bin.byName('rtpbin'), 'rtpbin');
    const transport = transportOf(bin);
    rtpbin.unlink(transport);
    const reports = make('appsrc').set('is-live', true).set('format', 'time').set('caps', 'application/x-rtcp');
    bin.add(reports);
    reports.syncStateWithParent();
    reports.linkPads('src', transport, 'rtcp_sink');
    const sink = readBuffers(bin, (compound) => {
      if (this.#isOpen) reports.emit('push-buffer', this.#asOfWrongClock(compound));
    });
    rtpbin.linkPads('send_rtcp_src_0', sink, 'sink');
    this.#objects.push(rtpbin, transport, reports, sink);
  }

  #asOfWrongClock(compound: Uint8Array): Uint8Array {
    const changed = compound.slice();
    const view = new DataView(changed.buffer);
    for (let at = 0; at + 4 <= changed.length; at += 4 + view.getUint16(at + 2) * 4) {
      if (view.getUint8(at + 1) !== SENDER_REPORT) continue;
      const kind = view.getUint32(at + 4) === SSRCS.audio ? 'audio' : 'video';
      // What the session knows of captures is when packets were given to it: that is not a device's word.
      view.setUint32(at + 16, this.#timestampAt(kind, ntpToMs(view.getBigUint64(at + 8))));
      view.setUint32(at + 8, view.getUint32(at + 8) + this.#clockOffSeconds);
      this.reports[kind] += 1;
    }
    return changed;
  }
}

const randomTimestamp = (): number => Math.floor(Math.random() * 2 ** 32);
