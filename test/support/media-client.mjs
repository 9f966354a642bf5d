// A client on a webrtcbin whose every packet is known: what it sends is stamped, what it hears is matched with that. Tests
// and `npm run bench:recording` use it, so it is plain JavaScript.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import gst from 'node-gst';

/**
 * @typedef {import('node-gst').GstObject} GstObject
 * @typedef {import('./vp8-clip.mjs').ClipPacket} ClipPacket
 * @typedef {{ readonly atMs: number, readonly key: string }} Stamp of one packet; when, on `performance.now()`
 * @typedef {{ readonly sent: number, readonly lost: number, readonly twice: number, readonly latencies: number[] }} Heard
 *   of the packets of one publisher; `latencies` are ms, ascending
 */

const LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const LEVEL_ID = 1;
const AUDIO_SSRC = 0x1111;
const VIDEO_SSRC = 0x2222;
const HEARING_CAPS =
  'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111';
const AUDIO_CAPS = `${HEARING_CAPS},ssrc=(uint)${AUDIO_SSRC},extmap-${LEVEL_ID}=(string)${LEVEL}`;
const VIDEO_CAPS = `application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,ssrc=(uint)${VIDEO_SSRC}`;

const PACKET_MS = 20;
const TICK_MS = 10;
/** -dBov with the bit that says that it is a voice: loud enough for whoever selects by it. */
const LOUD = 0x80 | 30;
/**
 * 20 ms of silence, as long as speech: behind its first symbols, which say that it is silence (RFC 6716 §4.3), a decoder
 * looks at nothing, and there is our stamp.
 */
const OPUS = Buffer.concat([Buffer.from([0xf8, 0xff, 0xfe]), Buffer.alloc(77)]);
const STAMP_AT = 3;
const VP8_TAIL = 16;

let clients = 0;

export class MediaClient {
  /** What it sent, and what it heard of whomever. @type {Stamp[]} */
  sent = [];
  /** @type {Stamp[]} */
  received = [];
  /** @type {string[]} */
  errors = [];
  #id;
  #clip;
  #pipeline;
  #bin;
  /** @type {GstObject[]} */
  #own = [];
  /** @type {GstObject} */
  #audio;
  /** @type {GstObject | null} */
  #video = null;
  #socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  /** @type {NodeJS.Timeout | null} */
  #talking = null;
  #startedMs = 0;
  #audioCount = 0;
  #videoCount = 0;
  /** Tails of pictures that were sent, and which packet it was. @type {Map<string, string>} */
  static #pictures = new Map();

  /**
   * @param {readonly ClipPacket[] | null} clip video to send again and again, beginning with a key frame; an empty
   *   one only sees
   * @param {{ slots?: number, isMeasured?: boolean, address?: string }} [options] how many it can hear beyond the one of its own section;
   *   one that is not measured throws away what it hears; where it is reached, else on loopback
   * @returns {Promise<MediaClient>} with the pipeline playing
   */
  static async open(clip = null, { slots = 0, isMeasured = true, address = '127.0.0.1' } = {}) {
    const client = new MediaClient(clip, isMeasured, address);
    client.#socket.bind(0, '127.0.0.1');
    await once(client.#socket, 'listening');
    await client.#pipeline.setState('PLAYING');
    client.#own.push(/** @type {GstObject} */ (client.#bin.emit('create-data-channel', 'events', null)));
    for (let n = 0; n < slots; n++) {
      client.#own.push(/** @type {GstObject} */ (client.#bin.emit('add-transceiver', 'recvonly', HEARING_CAPS)));
    }
    return client;
  }

  /**
   * @param {readonly ClipPacket[] | null} clip
   * @param {boolean} isMeasured
   * @param {string} address
   */
  constructor(clip, isMeasured, address) {
    clients += 1;
    this.#id = clients;
    this.#clip = clip;
    this.#pipeline = gst.pipeline(`media-client-${this.#id}`);
    this.#bin = gst.make('webrtcbin', `media-client-${this.#id}-bin`);
    this.#bin.set('bundle-policy', 'max-bundle').set('latency', 0);
    this.#pipeline.add(this.#bin);
    this.#gatherOn(address);
    this.#pipeline.onBus(
      ({ source, text }) => void (source.startsWith('sctp') || this.errors.push(`${source}: ${text}`)),
      ['error'],
    );
    this.#audio = this.#source(AUDIO_CAPS);
    if (clip !== null) this.#video = this.#source(VIDEO_CAPS);
    if (isMeasured) this.#bin.on('pad-added', (pad) => this.#hear(/** @type {GstObject} */ (pad)), { block: true });
    else this.#bin.on('pad-added', null, { drain: true });
    this.#socket.on('message', (packet) => this.#take(packet));
  }

  /** @returns {Promise<string>} */
  async offer() {
    const reply = await this.#bin.emitPromise('create-offer', null);
    await this.#bin.emitPromise('set-local-description', reply?.offer ?? null);
    await until('its candidates', () => this.#bin.get('ice-gathering-state') === 'complete');
    return /** @type {import('node-gst').Sdp} */ (this.#bin.get('local-description')).sdp;
  }

  /** @param {string} answer */
  async accept(answer) {
    await this.#bin.emitPromise('set-remote-description', { type: 'answer', sdp: answer });
    await until('the connection', () => this.#bin.get('connection-state') === 'connected');
  }

  /** Sends until `quiet()`. */
  talk() {
    this.#startedMs = performance.now() - Math.max(this.#audioCount * PACKET_MS, 0);
    this.#talking = setInterval(() => this.#send(), TICK_MS);
  }

  quiet() {
    if (this.#talking !== null) clearInterval(this.#talking);
    this.#talking = null;
  }

  /** Resolves when it has heard something, from whomever. */
  async hears() {
    await until('it hears something', () => this.received.length > 0);
  }

  /** What was sent and heard up to now does not count any more. */
  forget() {
    this.sent = [];
    this.received = [];
  }

  /**
   * What this client heard of what another sent since `sinceMs`, on `performance.now()`.
   *
   * @param {MediaClient} publisher
   * @param {number} sinceMs
   * @returns {Heard}
   */
  heardOf(publisher, sinceMs) {
    /** @type {Map<string, number[]>} */
    const arrivals = new Map();
    for (const { key, atMs } of this.received) arrivals.set(key, [...(arrivals.get(key) ?? []), atMs]);
    const sent = publisher.sent.filter(({ atMs }) => atMs >= sinceMs);
    const found = sent.map(({ key, atMs }) => (arrivals.get(key) ?? []).map((arrivedMs) => arrivedMs - atMs));
    return {
      sent: sent.length,
      lost: found.filter(({ length }) => length === 0).length,
      twice: found.filter(({ length }) => length > 1).length,
      latencies: found.flatMap(([first]) => first ?? []).sort((a, b) => a - b),
    };
  }

  async close() {
    this.quiet();
    await this.#pipeline.setState('NULL');
    for (const object of [...this.#own, this.#bin, this.#pipeline]) object.dispose();
    this.#socket.close();
  }

  /** @param {string} address */
  #gatherOn(address) {
    const ice = /** @type {GstObject} */ (this.#bin.get('ice-agent'));
    const nice = /** @type {GstObject} */ (ice.get('agent'));
    nice.set('upnp', false).set('ice-tcp', false);
    ice.emit('add-local-ip-address', address);
    nice.dispose();
    ice.dispose();
  }

  /** @param {string} caps */
  #source(caps) {
    const source = gst.make('appsrc').set('format', 'time').set('is-live', true).set('do-timestamp', true);
    source.set('caps', caps);
    this.#pipeline.add(source);
    source.link(this.#bin, caps);
    this.#own.push(source);
    return source;
  }

  /** @param {GstObject} pad */
  #hear(pad) {
    const sink = gst.make('udpsink').set('host', '127.0.0.1').set('port', this.#socket.address().port);
    sink.set('sync', false).set('async', false);
    this.#pipeline.add(sink);
    sink.syncStateWithParent();
    this.#bin.linkPads(pad.name, sink, 'sink');
    pad.unblock();
    this.#own.push(pad, sink);
  }

  #send() {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#startedMs;
    while (this.#audioCount * PACKET_MS <= elapsedMs) this.#sendAudio(nowMs);
    while (this.#clip !== null && this.#clip.length > 0) {
      const { packet, atMs } = this.#picture();
      if (atMs > elapsedMs) return;
      this.#sendVideo(nowMs, packet, atMs);
    }
  }

  /** @param {number} atMs */
  #sendAudio(atMs) {
    const count = this.#audioCount++;
    const head = Buffer.alloc(20);
    head.writeUInt16BE(0x906f, 0); // version 2, extension, payload type 111
    head.writeUInt16BE(count & 0xffff, 2);
    head.writeUInt32BE((count * 960) % 2 ** 32, 4);
    head.writeUInt32BE(AUDIO_SSRC, 8);
    head.writeUInt32BE(0xbede_0001, 12);
    head.writeUInt16BE((LEVEL_ID << 12) | LOUD, 16);
    const payload = Buffer.from(OPUS);
    payload.writeUInt32BE(this.#id, STAMP_AT);
    payload.writeUInt32BE(count, STAMP_AT + 4);
    this.sent.push({ key: `audio ${this.#id} ${count}`, atMs });
    this.#audio.emit('push-buffer', Buffer.concat([head, payload]));
  }

  /** The next one, with its time from the beginning. */
  #picture() {
    const clip = this.#clip ?? [];
    const round = Math.floor(this.#videoCount / clip.length);
    const packet = clip[this.#videoCount % clip.length];
    const lengthMs = (clip.at(-1)?.atMs ?? 0) + 40;
    return { packet, atMs: round * lengthMs + packet.atMs };
  }

  /**
   * @param {number} nowMs
   * @param {ClipPacket} packet
   * @param {number} atMs
   */
  #sendVideo(nowMs, { rtp }, atMs) {
    const count = this.#videoCount++;
    const packet = Buffer.from(rtp);
    packet[1] = (packet[1] & 0x80) | 96;
    packet.writeUInt16BE(count & 0xffff, 2);
    packet.writeUInt32BE(Math.round(atMs * 90) % 2 ** 32, 4);
    packet.writeUInt32BE(VIDEO_SSRC, 8);
    const key = `video ${this.#id} ${count}`;
    MediaClient.#pictures.set(tailOf(packet), key);
    this.sent.push({ key, atMs: nowMs });
    this.#video?.emit('push-buffer', packet);
  }

  /** @param {Buffer} packet */
  #take(packet) {
    const atMs = performance.now();
    const payload = packet.subarray(headerLength(packet));
    const isAudio = (packet[1] & 0x7f) === 111;
    const key = isAudio
      ? `audio ${payload.readUInt32BE(STAMP_AT)} ${payload.readUInt32BE(STAMP_AT + 4)}`
      : (MediaClient.#pictures.get(tailOf(packet)) ?? 'unknown');
    this.received.push({ key, atMs });
  }
}

/** @param {Buffer} packet */
function headerLength(packet) {
  const fixed = 12 + (packet[0] & 0x0f) * 4;
  return (packet[0] & 0x10) === 0 ? fixed : fixed + 4 + packet.readUInt16BE(fixed + 2) * 4;
}

/** A picture's own: clients that send the same clip are told apart by where they are in it. @param {Buffer} packet */
const tailOf = (packet) => `${packet.length - headerLength(packet)} ${packet.subarray(-VP8_TAIL).toString('hex')}`;

/**
 * @param {string} what
 * @param {() => boolean} holds
 */
async function until(what, holds) {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
