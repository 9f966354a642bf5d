import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/base/clock.ts';
import type { ClientId, Csrc, PeerId, UserId } from '../../../src/base/ids.ts';
import { Registry } from '../../../src/conversation/registry.ts';
import type { ReportedEvent } from '../../../src/events/catalogue.ts';
import { createGstPlane } from '../../../src/media/gst/plane.ts';
import type { MediaPlane } from '../../../src/media/types.ts';
import type { PipelineText } from '../../../src/recording/protocol.ts';
import { loadPipelines } from '../../../src/recording/service/pipelines.ts';
import type { Recording } from '../../../src/recording/service/recording.ts';
import { Recordings, type RecordingsOptions } from '../../../src/recording/service/recordings.ts';
import { planOffer } from '../../../src/sdp/offer.ts';
import { eventually } from '../eventually.ts';
import { MediaClient } from '../media-client.mjs';
import { room, user } from '../members.ts';
import { recordingReporter } from '../recording-reporter.ts';
import type { ClipPacket } from '../vp8-clip.mjs';

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const TEA = room('tea');

export type LiveRoomOptions = Partial<
  Pick<RecordingsOptions, 'directory' | 'maxTaps' | 'tapBytes' | 'diskReserve' | 'limits'>
> & { readonly pipelines?: readonly PipelineText[] };

/** One conversation on the real media plane, with recorders of our own program: everything but HTTP and signalling. */
export class LiveRoom {
  readonly directory: string;
  readonly recordings: Recordings;
  readonly events: readonly ReportedEvent[];
  readonly faults: unknown[] = [];
  readonly #plane: MediaPlane;
  readonly #registry: Registry;
  readonly #clients: MediaClient[] = [];
  readonly #scratch: string;

  private constructor(plane: MediaPlane, scratch: string, options: LiveRoomOptions) {
    this.#plane = plane;
    this.#scratch = scratch;
    this.directory = options.directory ?? scratch;
    const onFault = (error: unknown): void => void this.faults.push(error);
    this.#registry = new Registry({
      openGraph: () => plane.openGraph(),
      clock: systemClock,
      joinTtlMs: 60_000,
      maxConversations: 10,
      maxMembers: 50,
      maxJoins: 50,
      onFault,
    });
    const { reporter, events } = recordingReporter();
    this.events = events;
    this.recordings = new Recordings({
      maxTaps: 2,
      tapBytes: 2 ** 20,
      diskReserve: 1,
      limits: { seconds: 600, bytes: 2 ** 30 },
      ...options,
      directory: this.directory,
      pipelines: new Map([
        ...loadPipelines(path('pipelines')),
        ...(options.pipelines ?? []).map((file) => [file.name, { ...file, settings: [] }] as const),
      ]),
      plane,
      conversations: this.#registry,
      clock: systemClock,
      wallMs: () => Date.now(),
      reports: reporter,
      onFault,
      program: path('dist/recording/child/main.js'),
      probeProgram: path('dist/recording/child/probe-main.js'),
    });
  }

  static async open(options: LiveRoomOptions = {}): Promise<LiveRoom> {
    const plane = await createGstPlane({ addresses: ['127.0.0.1'] });
    return new LiveRoom(plane, await mkdtemp(join(tmpdir(), 'recordings-')), options);
  }

  /** Somebody comes in, and is connected. */
  async enter(name: string, clip: readonly ClipPacket[] | null = null): Promise<MediaClient> {
    const client = await MediaClient.open(clip);
    this.#clients.push(client);
    const csrc = this.#clients.length as Csrc;
    const plan = planOffer(await client.offer(), {
      maxSlots: 8,
      videoCodec: 'vp8',
      candidates: { allowLoopback: true, deny: { contains: () => false } },
      random: Math.random,
    });
    const id = `peer-${csrc}` as PeerId;
    const peer = this.#plane.openPeer({ id, csrc, plan });
    const isConnected = new Promise<void>((resolve) => peer.events.on('connected', resolve));
    await client.accept(await peer.answer());
    await isConnected;
    const { tracks, slots } = peer;
    this.#registry.join(user(name), TEA);
    this.#registry.deviceConnected({ id, tracks, slots, csrc, userid: name as UserId, clientid: '' as ClientId });
    return client;
  }

  /** Two who talk to each other, the first with a picture, where there is a clip. They hear each other. */
  async pair(clip: readonly ClipPacket[] | null = null): Promise<readonly [MediaClient, MediaClient]> {
    const pair = [await this.enter('ann', clip), await this.enter('ben', clip === null ? null : [])] as const;
    for (const client of pair) client.talk();
    await Promise.all(pair.map((client) => client.hears()));
    return pair;
  }

  record(pipeline = 'record-track'): Promise<Recording> {
    return this.recordings.start(TEA, { pipeline, settings: {}, requestedBy: 'the test' });
  }

  /** The text of every event of this name. */
  told(name: ReportedEvent['name']): readonly string[] {
    return this.events.filter((event) => event.name === name).map(({ fields }) => JSON.stringify(fields));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.quiet();
    await this.recordings.close();
    this.#registry.close();
    for (const client of this.#clients) await client.close();
    await this.#plane.close();
    await rm(this.#scratch, { recursive: true });
  }
}

/** Waits until so many segments were opened. */
export const opened = (recording: Recording, count: number): Promise<true> =>
  eventually(`${count} segments`, () => (recording.manifest.segments.length >= count ? true : null));
