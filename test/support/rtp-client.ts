import { make, type GstObject, type Value } from 'node-gst';
import { Peer } from '../../node-gst/test/support.ts';
import type { Admission, MediaRoom } from './media-room.ts';

let clients = 0;

/** A webrtcbin that plays the client: it makes the offer. Its media are RTP packets, made and read by the test. */
export class RtpClient {
  readonly #device = new Peer(`rtp-client-${(clients += 1)}`);

  get pipeline(): GstObject {
    return this.#device.pipeline;
  }

  get bin(): GstObject {
    return this.#device.bin;
  }

  /** Resolves when both sides are connected. `beforeAnswer`: when the transport is built and nothing flows yet. */
  async enter(room: MediaRoom, beforeAnswer: () => void = () => undefined): Promise<Admission> {
    await this.pipeline.setState('PLAYING');
    const admission = await room.admit((await this.#device.offer()).sdp);
    const connected = new Promise<void>((resolve) => admission.peer.events.on('connected', resolve));
    beforeAnswer();
    await this.#device.op('set-remote-description', { type: 'answer', sdp: admission.answer });
    await connected;
    return admission;
  }

  /** The RTP session of the one bundled transport. */
  session(): GstObject {
    const rtpbin = found(this.bin.byName('rtpbin'), 'rtpbin');
    try {
      return rtpbin.emit('get-internal-session', 0) as GstObject;
    } finally {
      rtpbin.dispose();
    }
  }

  close(): Promise<void> {
    return this.#device.close();
  }
}

export function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`there is no ${what}`);
  return value;
}

/** GStreamer numbers its transports over the whole process. */
export function transportOf(bin: GstObject): GstObject {
  for (let n = 0; n < 1000; n += 1) {
    const transport = bin.byName(`transportsendbin${n}`);
    if (transport !== null) return transport;
  }
  throw new Error('there is no transport');
}

/** An end for RTP or RTCP in this pipeline or bin: hands every buffer to `read`, and drops it. */
export function readBuffers(parent: GstObject, read: (bytes: Uint8Array) => void): GstObject {
  const sink = make('fakesink').set('sync', false).set('async', false).set('signal-handoffs', true);
  sink.on('handoff', (bytes: Value, pad: Value) => {
    (pad as GstObject).dispose();
    read(bytes as Uint8Array);
  });
  parent.add(sink);
  sink.syncStateWithParent();
  return sink;
}
