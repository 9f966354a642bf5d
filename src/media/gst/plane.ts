import { join } from 'node:path';
import gst, { type EgressKind } from 'node-gst';
import { systemClock } from '../../base/clock.ts';
import type { PeerId } from '../../base/ids.ts';
import type { ForwardingGraph, MediaPlane, MediaTap, PeerRequest, TapOptions } from '../types.ts';
import { checkElements } from './elements.ts';
import { GstGraph } from './graph.ts';
import { IdleMemory } from './idle-memory.ts';
import { localAddresses, type MediaNetwork } from './ice.ts';
import { followLog, type MediaLog } from './log.ts';
import type { PublishRate } from './options.ts';
import { GstPeer } from './peer.ts';
import { PeerPipeline } from './pipelines.ts';
import { GstTap } from './tap.ts';
import { warmUp } from './warm-up.ts';

export interface GstPlaneOptions extends MediaNetwork {
  /** How media leaves; `webrtcbin` where left out. */
  readonly egress?: EgressKind;
  /** Told at the start that webrtcbin is used instead of `direct`, and what that misses. */
  readonly onFallback?: (missing: string) => void;
  /** Told once of a peer whose RTP should have a socket of its own, and why the system gave it none. */
  readonly onSocketRefused?: (peer: PeerId, reason: string) => void;
  /** Of what one peer publishes, per second; 0: no limit. */
  readonly publishRate?: PublishRate;
  /** Gets GStreamer's own log; without it, that goes where GStreamer sends it. */
  readonly log?: MediaLog;
  /** Folder of the pipeline descriptions. */
  readonly pipelines?: string;
}

const NO_LIMIT: PublishRate = { packets: 0, bytes: 0 };

/** `pipelines/` lies beside `src/` and `dist/` alike. */
const PIPELINES = join(import.meta.dirname, '../../../pipelines');

/**
 * The media plane on GStreamer. Throws `elements-missing` where elements are not installed. One peer is negotiated and
 * thrown away first, so that the first caller does not wait for the process's DTLS certificate: an RSA key, 60 to 300 ms.
 */
export async function createGstPlane(options: GstPlaneOptions): Promise<MediaPlane> {
  const endLog = options.log === undefined ? (): void => undefined : followLog(options.log);
  gst.init();
  checkElements();
  const plane = new GstPlane(PeerPipeline.load(join(options.pipelines ?? PIPELINES, 'peer.gst')), options, endLog);
  const missing = await warmUp((request) => plane.openPeer(request));
  if (options.egress !== 'direct') return plane;
  if (missing === '') plane.egress = 'direct';
  else options.onFallback?.(missing);
  return plane;
}

class GstPlane implements MediaPlane {
  /** Of peers that are opened from now on. */
  egress: EgressKind = 'webrtcbin';
  readonly #pipeline: PeerPipeline;
  readonly #network: MediaNetwork;
  readonly #publishRate: PublishRate;
  readonly #onSocketRefused: (peer: PeerId, reason: string) => void;
  readonly #endLog: () => void;
  readonly #peers = new Set<GstPeer>();
  readonly #graphs = new Set<GstGraph>();
  readonly #taps = new Set<GstTap>();
  readonly #memory = new IdleMemory(systemClock, gst.trimMemory);
  #closing: Promise<void> | null = null;

  constructor(pipeline: PeerPipeline, options: GstPlaneOptions, endLog: () => void) {
    this.#pipeline = pipeline;
    this.#network = { ...options, addresses: localAddresses(options.addresses) };
    this.#publishRate = options.publishRate ?? NO_LIMIT;
    this.#onSocketRefused = options.onSocketRefused ?? (() => undefined);
    this.#endLog = endLog;
  }

  get openPeers(): number {
    return this.#peers.size;
  }

  checkReady(): void {
    if (this.#closing !== null) throw new Error('the media plane is closed');
  }

  openPeer(request: PeerRequest): GstPeer {
    this.checkReady();
    const peer: GstPeer = GstPeer.open(request, {
      pipeline: this.#pipeline,
      network: this.#network,
      egress: this.egress,
      publishRate: this.#publishRate,
      onSocketRefused: (reason) => this.#onSocketRefused(request.id, reason),
      onFreed: () => {
        this.#peers.delete(peer);
        this.#memory.changed(this.#peers.size);
      },
    });
    this.#peers.add(peer);
    this.#memory.changed(this.#peers.size);
    return peer;
  }

  openGraph(): ForwardingGraph {
    this.checkReady();
    const graph: GstGraph = new GstGraph(() => this.#graphs.delete(graph));
    this.#graphs.add(graph);
    return graph;
  }

  openTap(options: TapOptions): MediaTap {
    this.checkReady();
    const tap: GstTap = new GstTap(options, () => this.#taps.delete(tap));
    this.#taps.add(tap);
    return tap;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const graph of this.#graphs) graph.close();
    for (const tap of this.#taps) tap.close();
    await Promise.allSettled([...this.#peers].map((peer) => peer.close()));
    this.#memory.close();
    this.#endLog();
  }
}
