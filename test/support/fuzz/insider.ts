import { make, type GstObject } from 'node-gst';
import { Peer, until } from '../../../node-gst/test/support.ts';
import { extension, parseRtp } from '../../../node-gst/test/support/rtp.ts';
import { found, readBuffers, transportOf } from '../rtp-client.ts';
import { SrtpWriter } from './srtp.ts';

const TRANSPORT_CC_ID = 3;
const TRANSPORT_CC = `extmap-${TRANSPORT_CC_ID}=(string)http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01,rtcp-fb-transport-cc=(boolean)true`;
const LEVEL = 'extmap-1=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const AUDIO = `application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111,${LEVEL},${TRANSPORT_CC}`;
const VIDEO = `application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true,${TRANSPORT_CC}`;
/** webrtcbin does not know it. */
const REMB = ['a=rtcp-fb:96 nack\r\n', 'a=rtcp-fb:96 nack\r\na=rtcp-fb:96 goog-remb\r\n'] as const;

let insiders = 0;

/**
 * A member who has the keys of his connection and sends whatever he likes: between webrtcbin's RTP session, which would
 * never, and its encryption he puts packets of his own; and behind the encryption what libsrtp would not encrypt.
 */
export class Insider {
  /** Of his microphone, as he has offered it. */
  static readonly ssrc = 0x5678;
  /** What he was told in the events channel. */
  readonly told: string[] = [];
  /** Transport-wide numbers of what he was sent. */
  readonly numbers: number[] = [];
  readonly #device: Peer;
  readonly #channel: GstObject;
  readonly #objects: GstObject[] = [];
  readonly #ways = new Map<'rtp' | 'rtcp' | 'srtp', GstObject>();
  #srtp: SrtpWriter | null = null;
  #sequence = 0;
  #slots: Readonly<Record<string, number>> = {};

  private constructor(device: Peer, channel: GstObject) {
    this.#device = device;
    this.#channel = channel;
    device.bin.on('pad-added', (pad) => this.#listen(pad as GstObject), { block: true });
    channel.on('on-message-string', (text) => void this.told.push(text as string));
  }

  static async open(): Promise<Insider> {
    insiders += 1;
    const device = new Peer(`insider-${insiders}`);
    const caps = `${AUDIO},ssrc=(uint)${Insider.ssrc}`;
    const source = make('appsrc').set('format', 'time').set('is-live', true).set('caps', caps);
    device.pipeline.add(source);
    source.link(device.bin, caps);
    const seen = device.bin.emit('add-transceiver', 'recvonly', VIDEO) as GstObject;
    await device.pipeline.setState('PLAYING');
    const insider = new Insider(device, device.bin.emit('create-data-channel', 'events', null) as GstObject);
    insider.#objects.push(source, seen);
    return insider;
  }

  /** What went wrong on his side: where there is something, he does not send any more. */
  get errors(): readonly string[] {
    return this.#device.errors;
  }

  async offer(): Promise<string> {
    return (await this.#device.offer()).sdp.replace(...REMB);
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
    for (const what of ['rtp', 'rtcp'] as const) this.#open(what, bin, transport, `${what}_sink`);
    const [dtls, encrypted] = [numbered(bin, 'dtlssrtpenc'), numbered(bin, 'funnel')];
    this.#open('srtp', dtls, encrypted, 'sink_%u');
    const keys = numbered(bin, 'dtlsenc');
    this.#srtp = new SrtpWriter(Buffer.from(keys.get('encoder-key') as Uint8Array));
    this.#objects.push(rtpbin, transport, dtls, encrypted, keys);
  }

  /** The SSRC of what he is sent. */
  slot(kind: 'audio' | 'video'): number {
    return this.#slots[kind] ?? 0;
  }

  /** Of his next packet, without wraps. */
  nextSequence(): number {
    return this.#sequence++;
  }

  rtp(packet: Buffer): void {
    this.#ways.get('rtp')?.emit('push-buffer', packet);
  }

  rtcp(packet: Buffer): void {
    this.#ways.get('rtcp')?.emit('push-buffer', packet);
  }

  /** RTP with this `nextSequence`, encrypted whatever its header says. */
  anyRtp(packet: Buffer, sequence: number): void {
    const encrypted = this.#srtp?.protect(packet, Math.floor(sequence / 2 ** 16));
    if (encrypted !== undefined) this.#ways.get('srtp')?.emit('push-buffer', encrypted);
  }

  say(text: string): void {
    if (this.#channel.get('ready-state') === 'open') this.#channel.emit('send-string', text);
  }

  async close(): Promise<void> {
    await this.#device.close();
    for (const object of [...this.#objects, ...this.#ways.values(), this.#channel]) object.dispose();
  }

  #open(what: 'rtp' | 'rtcp' | 'srtp', parent: GstObject, to: GstObject, pad: string): void {
    const source = make('appsrc').set('is-live', true).set('format', 'time').set('do-timestamp', true);
    source.set('caps', `application/x-${what}`);
    parent.add(source);
    source.syncStateWithParent();
    source.linkPads('src', to, pad);
    this.#ways.set(what, source);
  }

  #listen(pad: GstObject): void {
    const sink = readBuffers(this.#device.pipeline, (bytes) => this.#note(bytes));
    const end = found(sink.staticPad('sink'), 'sink pad');
    pad.link(end);
    pad.unblock();
    this.#objects.push(sink, end, pad);
  }

  #note(bytes: Uint8Array): void {
    const [high, low] = extension(parseRtp(bytes), TRANSPORT_CC_ID) ?? [];
    if (high !== undefined && low !== undefined) this.numbers.push(high * 256 + low);
  }
}

/** GStreamer numbers elements over the whole process. */
function numbered(bin: GstObject, name: string): GstObject {
  for (let n = 0; n < 1000; n += 1) {
    const element = bin.byName(`${name}${n}`);
    if (element !== null) return element;
  }
  throw new Error(`there is no ${name}`);
}
