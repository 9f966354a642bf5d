import { make, type GstObject, type Sdp } from 'node-gst';
import { Peer, until } from '../../node-gst/test/support.ts';
import type { Csrc, PeerId } from '../../src/base/ids.ts';
import type { MediaChannel, MediaPeer, MediaPlane } from '../../src/media/types.ts';
import { planOffer } from '../../src/sdp/offer.ts';

const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const LEVEL_ID = 1;
const SSRC = 0x1234;
const CAPS =
  `application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111,ssrc=(uint)${SSRC},` +
  `extmap-${LEVEL_ID}=(string)${AUDIO_LEVEL}`;

let clients = 0;

/** A client on another webrtcbin of this process: audio whose every packet the test makes, and an `events` channel. */
export class GstClient {
  readonly peer: MediaPeer;
  readonly channel: MediaChannel;
  readonly #device: Peer;
  readonly #own: GstObject;
  readonly #source: GstObject;
  #sequence = 0;

  private constructor(device: Peer, own: GstObject, source: GstObject, peer: MediaPeer, channel: MediaChannel) {
    this.#device = device;
    this.#own = own;
    this.#source = source;
    this.peer = peer;
    this.channel = channel;
  }

  /** Resolves when the peer is connected and has announced the channel; `onChannel` runs inside that event. */
  static async connect(plane: MediaPlane, onChannel: (channel: MediaChannel) => void): Promise<GstClient> {
    clients += 1;
    const device = new Peer(`client-${clients}`);
    const source = make('appsrc')
      .set('format', 'time')
      .set('is-live', true)
      .set('do-timestamp', true)
      .set('caps', CAPS);
    device.pipeline.add(source);
    source.link(device.bin, CAPS);
    await device.pipeline.setState('PLAYING');
    const own = device.bin.emit('create-data-channel', 'events', null) as GstObject;
    const plan = planOffer((await device.offer()).sdp, {
      maxSlots: 8,
      videoCodec: 'vp8',
      candidates: { allowLoopback: true, deny: { contains: () => false } },
      random: Math.random,
    });
    const peer = plane.openPeer({ id: `client-${clients}` as PeerId, csrc: clients as Csrc, plan });
    const isConnected = new Promise<void>((resolve) => peer.events.on('connected', resolve));
    const opened = new Promise<MediaChannel>((resolve) => {
      peer.events.on('channel', (channel) => {
        onChannel(channel);
        resolve(channel);
      });
    });
    const answer: Sdp = { type: 'answer', sdp: await peer.answer() };
    await device.op('set-remote-description', answer);
    await isConnected;
    const channel = await opened;
    await until('the own channel is open', () => own.get('ready-state') === 'open');
    return new GstClient(device, own, source, peer, channel);
  }

  /** Not an empty one: webrtcbin sends that as nothing at all, and no other text behind it. */
  say(text: string): void {
    this.#own.emit('send-string', text);
  }

  sayBytes(bytes: Uint8Array): void {
    this.#own.emit('send-data', bytes);
  }

  closeChannel(): void {
    this.#own.emit('close');
  }

  /** How many packets of media arrived, by its own count. */
  async heard(): Promise<number> {
    const streams = await this.#device.stats('inbound-rtp');
    return streams.reduce((sum, stream) => sum + Number(stream['packets-received']), 0);
  }

  /** Seconds there and back, by the reports that answer its own; null before the first of them. */
  async roundTrip(): Promise<number | null> {
    const reports = await this.#device.stats('remote-inbound-rtp');
    const [time = 0] = reports.map((report) => Number(report['round-trip-time']));
    return time > 0 ? time : null;
  }

  /** Sends one packet of audio, 20 ms after the one before in its own time. `level` is -dBov, plus 0x80 for voice. */
  speak(level: number): void {
    const packet = new Uint8Array(12 + 8 + 3);
    const view = new DataView(packet.buffer);
    view.setUint16(0, 0x906f); // version 2, extension, payload type 111
    view.setUint16(2, this.#sequence & 0xffff);
    view.setUint32(4, this.#sequence * 960);
    view.setUint32(8, SSRC);
    view.setUint32(12, 0xbede_0001);
    view.setUint16(16, (LEVEL_ID << 12) | level);
    this.#sequence += 1;
    this.#source.emit('push-buffer', packet);
  }

  async close(): Promise<void> {
    await this.#device.close();
    for (const object of [this.#own, this.#source]) object.dispose();
  }
}
