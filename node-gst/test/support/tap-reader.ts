/** A tap's reader at work: frames from a file or a tap, and what came out of the appsrcs. */
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeGst from 'node-gst';
import type { GstObject } from 'node-gst';
import type { TapFeedStats, TapReader, TapReaderEvent, TapReaderOptions, TapTrackOptions } from '../../tap.d.ts';
import { until } from '../support.ts';
import { buildRtp, concat, parseRtp, type RtpFields } from './rtp.ts';

/** What PTS 0 stands for in these tests, ns since 1970. */
export const ORIGIN = 1_700_000_000_000_000_000n;

const NTP_UNIX_SECONDS = 2_208_988_800n;

/** RFC 5905 §6. */
function ntpOf(unixNs: bigint): Uint8Array {
  const data = new Uint8Array(8);
  const view = new DataView(data.buffer);
  view.setUint32(0, Number((unixNs / 1_000_000_000n + NTP_UNIX_SECONDS) & 0xffff_ffffn));
  view.setUint32(4, Number(((unixNs % 1_000_000_000n) << 32n) / 1_000_000_000n));
  return data;
}

export interface TapPacket extends Partial<RtpFields> {
  /** Since ORIGIN. */
  readonly ms: number;
}

/** A packet as a tap sends it. */
export function tapRtp({ ms, ...fields }: TapPacket): Uint8Array {
  const data = ntpOf(ORIGIN + BigInt(Math.round(ms * 1e6)));
  return buildRtp({ ssrc: 1, csrcs: [7], extensions: [{ id: 1, data }], ...fields });
}

export function frame(packet: Uint8Array): Uint8Array {
  const whole = new Uint8Array(2 + packet.length);
  new DataView(whole.buffer).setUint16(0, packet.length);
  whole.set(packet, 2);
  return whole;
}

const folder = mkdtempSync(join(tmpdir(), 'node-gst-'));
let files = 0;
const nextFile = (): string => join(folder, String((files += 1)));
export const removeFiles = (): void => {
  rmSync(folder, { recursive: true });
};

/** A descriptor to read these bytes from; then comes the end. */
export function descriptorOf(...bytes: readonly Uint8Array[]): number {
  const path = nextFile();
  writeFileSync(path, concat(...bytes));
  return openSync(path, 'r');
}

export interface Fed extends RtpFields {
  readonly ptsNs: number;
}

const GDP_HEADER = 62;
const GDP_BUFFER = 1;

/** The buffers of a file that gdppay wrote. */
function parseGdp(bytes: Buffer): Fed[] {
  const fed: Fed[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at + 6);
    const payload = bytes.subarray(at + GDP_HEADER, at + GDP_HEADER + size);
    if (bytes.readUInt16BE(at + 4) === GDP_BUFFER) {
      fed.push({ ...parseRtp(payload), ptsNs: Number(bytes.readBigUInt64BE(at + 10)) });
    }
    at += GDP_HEADER + size;
  }
  return fed;
}

/** An appsrc whose buffers are kept, or whatever else `to` makes of them. */
export class Collector {
  readonly appsrc: GstObject;
  readonly #pipeline: GstObject;
  readonly #path = nextFile();
  #over = false;

  constructor(to = 'gdppay') {
    const sink = `filesink sync=false async=false location=${this.#path}`;
    this.#pipeline = nodeGst.parseLaunch(`appsrc name=track format=time caps=application/x-rtp ! ${to} ! ${sink}`);
    this.appsrc = this.#pipeline.byName('track')!;
    this.#pipeline.onBus(({ type }) => {
      this.#over ||= type === 'eos' || type === 'error';
    });
  }

  async start(): Promise<this> {
    await this.#pipeline.setState('PLAYING');
    return this;
  }

  async stop(): Promise<void> {
    await this.#pipeline.setState('NULL');
  }

  /** Ends the stream; everything that was pushed. */
  async finish(): Promise<Fed[]> {
    return parseGdp(await this.bytes());
  }

  /** Ends the stream; what came out of it. */
  async bytes(): Promise<Buffer> {
    this.appsrc.emit('end-of-stream');
    await until('the stream has ended', () => this.#over);
    await this.dispose();
    return readFileSync(this.#path);
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.appsrc.dispose();
    this.#pipeline.dispose();
  }
}

export const opusTrack = (options: Partial<TapTrackOptions> = {}): TapTrackOptions => ({
  kind: 'audio',
  codec: 'opus',
  payloadType: 111,
  clockRate: 48_000,
  origin: ORIGIN,
  fill: 'silence',
  ...options,
});

export const vp8Track = (options: Partial<TapTrackOptions> = {}): TapTrackOptions => ({
  ...opusTrack({ kind: 'video', codec: 'vp8', payloadType: 96, clockRate: 90_000, fill: 'none' }),
  ...options,
});

/** A reader with its events. */
export class Reading {
  readonly reader: TapReader;
  readonly events: TapReaderEvent[] = [];

  constructor(fd: number, options: TapReaderOptions = {}) {
    this.reader = nodeGst.tapReader(fd, options, (event) => this.events.push(event));
  }

  of(type: TapReaderEvent['type']): TapReaderEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  async event(type: TapReaderEvent['type'], count = 1): Promise<TapReaderEvent> {
    await until(`${count} × ${type}`, () => this.of(type).length >= count || this.events.map((event) => event.type));
    return this.of(type)[count - 1]!;
  }

  stats(ssrc: number): TapFeedStats {
    return this.reader.stats().tracks.get(ssrc)!;
  }

  /** Counters that are not 0. */
  counts(ssrc: number): Record<string, unknown> {
    const entries = Object.entries(this.stats(ssrc));
    return Object.fromEntries(
      entries.filter(([name, count]) => typeof count === 'number' && count > 0 && name !== 'bytes'),
    );
  }
}

/** Everything a reader makes of these packets, one appsrc per SSRC. */
export async function readAll(
  packets: readonly Uint8Array[],
  tracks: ReadonlyMap<number, TapTrackOptions>,
  options: TapReaderOptions = {},
): Promise<{ reading: Reading; fed: ReadonlyMap<number, Fed[]> }> {
  const reading = new Reading(descriptorOf(...packets.map(frame)), options);
  const collectors = new Map<number, Collector>();
  for (const [ssrc, track] of tracks) {
    const collector = await new Collector().start();
    reading.reader.track(ssrc, collector.appsrc, track);
    collectors.set(ssrc, collector);
  }
  reading.reader.start();
  await reading.event('end');
  const fed = new Map<number, Fed[]>();
  for (const [ssrc, collector] of collectors) fed.set(ssrc, await collector.finish());
  return { reading, fed };
}
