import { make, type GstObject } from 'node-gst';
import { Peer, until } from '../../../node-gst/test/support.ts';
import { found, transportOf } from '../rtp-client.ts';

const LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const AUDIO = 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111';
const VIDEO =
  'application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true';

let insiders = 0;

/**
 * A member who has the keys of his connection and sends whatever he likes: between webrtcbin's RTP session, which would
 * never, and its encryption he puts packets of his own.
 */
export class Insider {
  /** Of his microphone, as he has offered it. */
  static readonly ssrc = 0x5678;
  readonly #device: Peer;
  readonly #channel: GstObject;
  readonly #objects: GstObject[] = [];
  #rtp: GstObject | null = null;
  #rtcp: GstObject | null = null;
  #slots: Readonly<Record<string, number>> = {};

  private constructor(device: Peer, channel: GstObject) {
    this.#device = device;
    this.#channel = channel;
  }

  static async open(): Promise<Insider> {
    insiders += 1;
    const device = new Peer(`insider-${insiders}`);
    const caps = `${AUDIO},ssrc=(uint)${Insider.ssrc},extmap-1=(string)${LEVEL}`;
    const source = make('appsrc').set('format', 'time').set('is-live', true).set('caps', caps);
    device.pipeline.add(source);
    source.link(device.bin, caps);
    const seen = device.bin.emit('add-transceiver', 'recvonly', VIDEO) as GstObject;
    device.bin.on('pad-added', null, { drain: true });
    await device.pipeline.setState('PLAYING');
    const insider = new Insider(device, device.bin.emit('create-data-channel', 'events', null) as GstObject);
    insider.#objects.push(source, seen);
    return insider;
  }

  async offer(): Promise<string> {
    return (await this.#device.offer()).sdp;
  }

  /** Resolves when he is connected, and from then on nothing leaves but what he is told to send. */
  async accept(answer: string): Promise<void> {
    const sections = answer.split(/^m=/m).slice(1);
    this.#slots = Object.fromEntries(
      sections.map((section) => [/^\w+/.exec(section)?.[0], Number(/^a=ssrc:(\d+)/m.exec(section)?.[1])]),
    ) as Record<string, number>;
    await this.#device.op('set-remote-description', { type: 'answer', sdp: answer });
    await until('the insider is connected', () => this.#device.bin.get('connection-state') === 'connected');
    const { bin } = this.#device;
    const [rtpbin, transport] = [found(bin.byName('rtpbin'), 'rtpbin'), transportOf(bin)];
    rtpbin.unlink(transport);
    this.#rtp = this.#way(transport, 'rtp');
    this.#rtcp = this.#way(transport, 'rtcp');
    this.#objects.push(rtpbin, transport, this.#rtp, this.#rtcp);
  }

  /** The SSRC of what he is sent. */
  slot(kind: 'audio' | 'video'): number {
    return this.#slots[kind] ?? 0;
  }

  rtp(packet: Buffer): void {
    this.#rtp?.emit('push-buffer', packet);
  }

  rtcp(packet: Buffer): void {
    this.#rtcp?.emit('push-buffer', packet);
  }

  say(text: string): void {
    if (this.#channel.get('ready-state') === 'open') this.#channel.emit('send-string', text);
  }

  async close(): Promise<void> {
    await this.#device.close();
    for (const object of [...this.#objects, this.#channel]) object.dispose();
  }

  #way(transport: GstObject, what: 'rtp' | 'rtcp'): GstObject {
    const source = make('appsrc').set('is-live', true).set('format', 'time').set('do-timestamp', true);
    source.set('caps', `application/x-${what}`);
    this.#device.bin.add(source);
    source.syncStateWithParent();
    source.linkPads('src', transport, `${what}_sink`);
    return source;
  }
}
