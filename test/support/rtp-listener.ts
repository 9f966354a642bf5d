import type { GstObject, Value } from 'node-gst';
import type { Slot } from '../../src/media/types.ts';
import type { MediaKind } from '../../src/sdp/types.ts';
import { parseRtp } from '../../node-gst/test/support/rtp.ts';
import type { Admission, MediaRoom } from './media-room.ts';
import { found, readBuffers, RtpClient } from './rtp-client.ts';
import { capturedAt, ntpToMs, RATES, RTP_CAPS } from './rtp-publisher.ts';

export interface Heard {
  readonly kind: MediaKind;
  readonly csrc: number;
  readonly timestamp: number;
  /** When it was captured in truth, ms since 1970. */
  readonly capturedAt: number;
}

/** Of a sender report: this timestamp is of this moment, ms since 1970 on the clock of the service. */
export interface Report {
  readonly timestamp: number;
  readonly at: number;
}

/** When it was captured by this report. */
export const reportedAt = ({ kind, timestamp }: Heard, report: Report): number =>
  report.at + ((timestamp - report.timestamp) | 0) / RATES[kind];

/** A client with one slot of each kind, which notes what comes and what the sender reports say. */
export class RtpListener {
  readonly heard: Heard[] = [];
  readonly reports: Readonly<Record<MediaKind, Report[]>> = { audio: [], video: [] };
  readonly #client = new RtpClient();
  readonly #objects: GstObject[] = [];
  #timer: NodeJS.Timeout | undefined;
  #admission: Admission | null = null;

  constructor() {
    for (const kind of ['audio', 'video'] as const) {
      (this.#client.bin.emit('add-transceiver', 'recvonly', RTP_CAPS[kind]) as GstObject).dispose();
    }
    this.#client.bin.on('pad-added', (pad) => this.#read(pad as GstObject), { block: true });
  }

  async enter(room: MediaRoom): Promise<void> {
    this.#admission = await this.#client.enter(room);
    const session = this.#client.session();
    this.#objects.push(session);
    // Nothing tells when a report comes.
    this.#timer = setInterval(() => this.#lookForReports(session), 20);
  }

  slot(kind: MediaKind): Slot {
    const { slots } = found(this.#admission, 'connection').peer;
    return found(
      slots.find((slot) => slot.kind === kind),
      `${kind} slot`,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.close();
    for (const object of this.#objects) object.dispose();
  }

  #read(pad: GstObject): void {
    const sink = readBuffers(this.#client.pipeline, (bytes) => this.#note(bytes));
    const end = found(sink.staticPad('sink'), 'sink pad');
    pad.link(end);
    pad.unblock();
    this.#objects.push(sink, end, pad);
  }

  #note(bytes: Uint8Array): void {
    const { payloadType, timestamp, csrcs, payload } = parseRtp(bytes);
    const kind = payloadType === 111 ? 'audio' : 'video';
    this.heard.push({ kind, csrc: csrcs[0] ?? 0, timestamp, capturedAt: capturedAt(payload) });
  }

  #lookForReports(session: GstObject): void {
    for (const kind of ['audio', 'video'] as const) {
      const source = session.emit('get-source-by-ssrc', this.#ssrc(kind)) as GstObject | null;
      if (source === null) continue;
      const stats = source.get('stats') as Readonly<Record<string, Value>>;
      source.dispose();
      if (stats['have-sr'] !== true) continue;
      const report = { timestamp: stats['sr-rtptime'] as number, at: ntpToMs(stats['sr-ntptime'] as bigint) };
      if (this.reports[kind].at(-1)?.at !== report.at) this.reports[kind].push(report);
    }
  }

  /** Of the slot, from the answer. */
  #ssrc(kind: MediaKind): number {
    const sections = found(this.#admission, 'connection').answer.split(/^m=/m);
    return Number(/^a=ssrc:(\d+)/m.exec(sections.find((section) => section.startsWith(kind)) ?? '')?.[1]);
  }
}
