import type { PeerId } from '../../base/ids.ts';
import type { MediaPlane, PeerRequest, Slot, TapOptions, TapSlot, Track } from '../types.ts';
import { FakeGraph, type RouteTable } from './graph.ts';
import { FakePeer } from './peer.ts';
import { FakeTap } from './tap.ts';

/** A media plane without media, for tests of what stands on it. It passes the same contract suite as the real one. */
export class FakeMediaPlane implements MediaPlane {
  /** Where it is set `checkReady` throws it, and with it everything that opens. */
  readyError: Error | null = null;
  /** Where it is set `openPeer` throws it. */
  openError: Error | null = null;
  /** Where it is set `answer()` rejects with it. */
  answerError: Error | null = null;
  readonly #peers = new Map<PeerId, FakePeer>();
  readonly #graphs = new Set<FakeGraph>();
  readonly #taps = new Set<FakeTap>();
  readonly #routes: RouteTable = new Map();
  #gate: Promise<void> = Promise.resolve();

  get openPeers(): number {
    return this.#peers.size;
  }

  get openGraphs(): number {
    return this.#graphs.size;
  }

  checkReady(): void {
    if (this.readyError !== null) throw this.readyError;
  }

  openPeer(request: PeerRequest): FakePeer {
    this.checkReady();
    if (this.openError !== null) throw this.openError;
    if (this.#peers.has(request.id)) throw new RangeError(`peer ${request.id} is open already`);
    const peer = new FakePeer(request, {
      beforeAnswer: async () => {
        await this.#gate;
        if (this.answerError !== null) throw this.answerError;
      },
      onFreed: () => this.#forget(request.id),
    });
    this.#peers.set(request.id, peer);
    return peer;
  }

  openGraph(): FakeGraph {
    this.checkReady();
    const graph: FakeGraph = new FakeGraph(
      this.#routes,
      (end) => this.#isOpen(end),
      () => this.#graphs.delete(graph),
    );
    this.#graphs.add(graph);
    return graph;
  }

  openTap(options: TapOptions): FakeTap {
    this.checkReady();
    const tap: FakeTap = new FakeTap(options, {
      onRemoved: (slot) => this.#routes.delete(slot),
      onClosed: () => this.#taps.delete(tap),
    });
    this.#taps.add(tap);
    return tap;
  }

  async close(): Promise<void> {
    this.readyError ??= new Error('the media plane is closed');
    for (const graph of [...this.#graphs]) graph.close();
    for (const tap of this.taps) tap.close();
    await Promise.all([...this.#peers.values()].map((peer) => peer.close('shutdown')));
  }

  /** The peers that are open, oldest first. */
  get peers(): readonly FakePeer[] {
    return [...this.#peers.values()];
  }

  /** The taps that are open, oldest first. */
  get taps(): readonly FakeTap[] {
    return [...this.#taps];
  }

  /** Throws where this peer is not open. */
  peer(id: PeerId): FakePeer {
    const peer = this.#peers.get(id);
    if (peer === undefined) throw new RangeError(`peer ${id} is not open`);
    return peer;
  }

  /** What a slot carries now. */
  heardBy(slot: Slot | TapSlot): Track | null {
    return this.#routes.get(slot)?.track ?? null;
  }

  /** Lets every answer wait until the returned function is called. */
  holdAnswers(): () => void {
    const { promise, resolve } = withResolvers();
    this.#gate = promise;
    return resolve;
  }

  #isOpen(end: Slot | TapSlot | Track): boolean {
    if (isTapSlot(end)) return this.taps.some((tap) => tap.has(end));
    return this.#peers.get(end.peer)?.closeReason === null;
  }

  #forget(id: PeerId): void {
    this.#peers.delete(id);
    for (const [slot, { track }] of [...this.#routes]) {
      if ((!isTapSlot(slot) && slot.peer === id) || track.peer === id) this.#routes.delete(slot);
    }
  }
}

const isTapSlot = (end: Slot | TapSlot | Track): end is TapSlot => 'ssrc' in end;

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
