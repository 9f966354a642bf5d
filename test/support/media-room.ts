import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Csrc, PeerId } from '../../src/base/ids.ts';
import { createGstPlane } from '../../src/media/gst/plane.ts';
import type { ForwardingGraph, MediaPeer, MediaPlane } from '../../src/media/types.ts';

import { planOffer } from '../../src/sdp/offer.ts';
import { EGRESS } from './egress.ts';

/** A client's offer in, our answer out; the peer is connected some time after the client has applied the answer. */
export interface Admission {
  readonly peer: MediaPeer;
  readonly csrc: number;
  readonly answer: string;
}

/**
 * The media plane on GStreamer in the process of the test, without signalling and without conversations: which track is
 * in which slot is the test's own doing. It also serves an empty page of an origin that browsers take for secure.
 */
export class MediaRoom {
  readonly graph: ForwardingGraph;
  readonly #plane: MediaPlane;
  readonly #server: Server;
  #admitted = 0;

  private constructor(plane: MediaPlane, server: Server) {
    this.#plane = plane;
    this.#server = server;
    this.graph = plane.openGraph();
  }

  static async open(): Promise<MediaRoom> {
    const plane = await createGstPlane({ addresses: ['127.0.0.1'], egress: EGRESS });
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>test</title>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MediaRoom(plane, server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async admit(offer: string): Promise<Admission> {
    this.#admitted += 1;
    const csrc = this.#admitted as Csrc;
    const plan = planOffer(offer, {
      maxSlots: 64,
      videoCodec: 'vp8',
      candidates: { allowLoopback: true, deny: { contains: () => false } },
      random: Math.random,
    });
    const peer = this.#plane.openPeer({ id: `peer-${csrc}` as PeerId, csrc, plan });
    return { peer, csrc, answer: await peer.answer() };
  }

  async close(): Promise<void> {
    this.#server.close();
    await this.#plane.close();
  }
}
