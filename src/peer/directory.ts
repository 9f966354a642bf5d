import { randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { ServiceError } from '../base/errors.ts';
import { deviceKey, type Csrc, type DeviceKey, type PeerId } from '../base/ids.ts';
import type { MediaPlane } from '../media/types.ts';
import type { OfferPlan } from '../sdp/types.ts';
import { Peer } from './peer.ts';
import type { Device, PeerEnd } from './types.ts';

export interface DirectoryOptions {
  readonly plane: MediaPlane;
  readonly maxPeers: number;
  /** Peers that are not connected yet. */
  readonly maxNegotiations: number;
  /** What the system has too little of for so many connections that are not up yet; null where it has enough. */
  readonly shortFor: (connections: number) => string | null;
  /** See `PeerOptions`. */
  readonly maxCandidates: number;
  readonly connectTimeout: number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Draws a CSRC, 1 to 2^32 - 1; for tests. */
  readonly drawCsrc?: () => number;
}

export type DirectoryEvents = {
  /** A valid offer has its peer, which has no answer yet. */
  opened: [peer: Peer, plan: OfferPlan];
  /** A peer is up. `replaced` is the device's connection whose place it takes, which ends right after this. */
  connected: [peer: Peer, replaced: Peer | null];
  /** A peer ended. `wasCurrent`: it was connected and nothing took its place, so the device is gone. */
  ended: [peer: Peer, end: PeerEnd, wasCurrent: boolean];
  /** What a peer held is freed, some time after its end. */
  closed: [peer: Peer];
};

/** What one device holds. It has an entry as long as one of the two is set. */
interface Place {
  /** The same over every replacement, so that the others see one talker. */
  readonly csrc: Csrc;
  /** Has its offer, is not connected yet. */
  pending: Peer | null;
  established: Peer | null;
}

/** Seconds after which a refused client may try again. */
const RETRY_FULL = 10;
const RETRY_BUSY = 2;
const RETRY_DRAINING = 2;

/**
 * The peers by device, at most one pending and one established each: the newer offer ends an older pending peer at
 * once, and an established one only when the newer is established.
 */
export class PeerDirectory implements Iterable<Peer> {
  readonly events: Emitter<DirectoryEvents>;
  readonly #options: DirectoryOptions;
  readonly #places = new Map<DeviceKey, Place>();
  readonly #csrcs = new Set<number>();
  /** Every peer whose resources are not freed yet, those that are closing included. */
  readonly #open = new Set<Peer>();
  readonly #negotiating = new Set<Peer>();
  #isDraining = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.events = new Emitter(options.onError);
  }

  /** A peer that holds resources; null where there is none of this id. */
  get(id: string): Peer | null {
    for (const peer of this.#open) if (peer.id === id) return peer;
    return null;
  }

  /** Peers that hold resources. */
  get size(): number {
    return this.#open.size;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.#open.values();
  }

  /**
   * Throws `draining` or `full` where a connection of this device would be refused, and what the media plane throws
   * where it can open none. What the device itself holds does not count: it is about to be replaced, so at a full server
   * a page may still be reloaded.
   */
  admit(device: Device): void {
    this.refuseWhileDraining();
    this.#options.plane.checkReady();
    const place = this.#places.get(deviceKey(device.userid, device.clientid));
    const own = [place?.pending, place?.established].filter((peer) => peer != null).length;
    // The media plane's own count: it knows what is not freed yet.
    if (this.#options.plane.openPeers - own >= this.#options.maxPeers) {
      throw new ServiceError('full', { detail: 'MAX_PEERS', retryAfter: RETRY_FULL });
    }
    if (this.#negotiating.size - (place?.pending == null ? 0 : 1) >= this.#options.maxNegotiations) {
      throw new ServiceError('full', { detail: 'MAX_NEGOTIATIONS', retryAfter: RETRY_BUSY });
    }
    // A connection that gets no descriptor or no thread half way would be the end of the process: GLib aborts it.
    const short = this.#options.shortFor(this.#negotiating.size + 1);
    if (short !== null) throw new ServiceError('full', { detail: short, retryAfter: RETRY_FULL });
  }

  /** Throws `draining` once `drain` was called. */
  refuseWhileDraining(): void {
    if (this.#isDraining) throw new ServiceError('draining', { retryAfter: RETRY_DRAINING });
  }

  /** Opens a peer for a valid offer; ends an older pending peer of the device. Throws as `admit` does. */
  open(device: Device, plan: OfferPlan): Peer {
    this.admit(device);
    const key = deviceKey(device.userid, device.clientid);
    const place = this.#places.get(key) ?? { csrc: this.#drawCsrc(), pending: null, established: null };
    const peer = this.#create(device, place.csrc, plan);
    const older = place.pending;
    place.pending = peer;
    this.#places.set(key, place);
    this.#csrcs.add(place.csrc);
    this.#open.add(peer);
    this.#negotiating.add(peer);
    peer.events.on('connected', () => this.#connected(place, peer));
    peer.events.on('ended', (end) => this.#ended(key, place, peer, end));
    peer.events.on('closed', () => {
      this.#open.delete(peer);
      this.events.emit('closed', peer);
    });
    this.events.emit('opened', peer, plan);
    void older?.close('replaced');
    return peer;
  }

  /** Refuses every new connection from now on; those that are up stay. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Ends every peer; resolves when all is freed. */
  async close(): Promise<void> {
    this.drain();
    await Promise.all([...this.#open].map((peer) => peer.close('shutdown')));
  }

  #create(device: Device, csrc: Csrc, plan: OfferPlan): Peer {
    const { plane, maxCandidates, connectTimeout, clock, onError } = this.#options;
    const media = plane.openPeer({ id: randomUUID() as string as PeerId, csrc, plan });
    const offeredCandidates = plan.candidates.length;
    const { sections } = plan;
    return new Peer({
      device,
      csrc,
      media,
      sections,
      offeredCandidates,
      maxCandidates,
      connectTimeout,
      clock,
      onError,
    });
  }

  #connected(place: Place, peer: Peer): void {
    const replaced = place.established;
    this.#negotiating.delete(peer);
    place.established = peer;
    place.pending = null;
    this.events.emit('connected', peer, replaced);
    void replaced?.close('replaced');
  }

  #ended(key: DeviceKey, place: Place, peer: Peer, end: PeerEnd): void {
    const wasCurrent = place.established === peer;
    this.#negotiating.delete(peer);
    if (wasCurrent) place.established = null;
    if (place.pending === peer) place.pending = null;
    if (place.pending === null && place.established === null) {
      this.#places.delete(key);
      this.#csrcs.delete(place.csrc);
    }
    this.events.emit('ended', peer, end, wasCurrent);
  }

  /** Random, not counted up: the id says nothing about how many devices there were, and restarts do not repeat it. */
  #drawCsrc(): Csrc {
    const draw = this.#options.drawCsrc ?? (() => randomInt(1, 2 ** 32));
    let csrc = draw();
    while (csrc === 0 || this.#csrcs.has(csrc)) csrc = draw();
    return csrc as Csrc;
  }
}
