// A webrtcbin of a client: it sends stamped packets and hands over those it hears. Whoever owns it does the signalling.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import gst from 'node-gst';
import { mediaAddress } from './address.mjs';
import { KINDS, LEVEL, audioPacket, nowUs, videoPacket } from './packets.mjs';

const HEARING = {
  audio: 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111',
  video: 'application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96',
};
const SENDING = {
  audio: `${HEARING.audio},ssrc=(uint)${KINDS.audio.ssrc},extmap-${LEVEL.id}=(string)${LEVEL.uri}`,
  video: `${HEARING.video},ssrc=(uint)${KINDS.video.ssrc}`,
};
const MAKE = { audio: audioPacket, video: videoPacket };
const CONNECTED_WITHIN_MS = 20_000;

export class WebRtc {
  #name;
  #pipeline;
  #bin;
  #own = [];
  #socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  /** By kind, what is sent, how many were, and since when. */
  #streams = [];
  #startedUs = 0;
  #heard = 0;
  /** What its pipeline said that it failed at. */
  #faults = [];

  /**
   * @param {string} name
   * @param {readonly import('./packets.mjs').Kind[]} sends
   * @param {(packet: Buffer, atUs: number) => void} take
   */
  constructor(name, sends, take) {
    this.#name = name;
    this.#pipeline = gst.pipeline(name);
    this.#bin = gst.make('webrtcbin', `${name}-bin`).set('bundle-policy', 'max-bundle').set('latency', 0);
    this.#pipeline.add(this.#bin);
    this.#stayHere();
    for (const kind of sends) this.#streams.push({ kind, source: this.#source(kind), count: 0 });
    this.#bin.on('pad-added', (pad) => this.#hear(pad), { block: true });
    this.#pipeline.onBus(({ source, text }) => this.#faults.push(`${source}: ${text}`), ['error']);
    this.#socket.on('message', (packet) => {
      this.#heard += 1;
      take(packet, nowUs());
    });
  }

  async open() {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    await this.#pipeline.setState('PLAYING');
  }

  /** The offer will have an events channel. @param {(text: string) => void} told each message @returns what says one */
  withEvents(told) {
    const channel = this.#bin.emit('create-data-channel', 'events', null);
    channel.on('on-message-string', told);
    this.#own.push(channel);
    return (text) => channel.emit('send-string', text);
  }

  /** With sections that only receive, and all candidates. @param {Record<import('./packets.mjs').Kind, number>} slots */
  async offer(slots) {
    for (const [kind, count] of Object.entries(slots)) {
      for (let n = 0; n < count; n++) this.#own.push(this.#bin.emit('add-transceiver', 'recvonly', HEARING[kind]));
    }
    const { offer } = await this.#bin.emitPromise('create-offer', null);
    return await this.#local(offer);
  }

  /** To an offer of the other side. @param {string} sdp */
  async answer(sdp) {
    await this.#bin.emitPromise('set-remote-description', { type: 'offer', sdp });
    const { answer } = await this.#bin.emitPromise('create-answer', null);
    return await this.#local(answer);
  }

  /** @param {string} sdp the other side's answer */
  async accept(sdp) {
    await this.#bin.emitPromise('set-remote-description', { type: 'answer', sdp });
  }

  async connected() {
    await this.#until('connection-state', 'connected');
  }

  /** @param {number} atUs when the first packet is due */
  start(atUs) {
    this.#startedUs = atUs;
  }

  /** What is due. @param {number} publisher @param {(count: number) => number} [levelOf] how loud a packet of audio is */
  send(publisher, levelOf) {
    if (this.#startedUs === 0) return;
    for (const stream of this.#streams) {
      const { periodMs, packets } = KINDS[stream.kind];
      while (this.#startedUs + Math.floor(stream.count / packets) * periodMs * 1_000 <= nowUs()) {
        stream.source.emit('push-buffer', MAKE[stream.kind](publisher, stream.count, nowUs(), levelOf?.(stream.count)));
        stream.count += 1;
      }
    }
  }

  /** How many packets were sent, by kind. */
  get sent() {
    return this.#streams.map(({ kind, count }) => ({ kind, count }));
  }

  /** For whoever wonders why nothing comes. */
  async describe() {
    const stats = Object.values((await this.#bin.emitPromise('get-stats', null)) ?? {});
    const inbound = stats.filter(({ type }) => type === 'inbound-rtp').map((each) => each['packets-received']);
    const said = { state: this.#bin.get('connection-state'), heard: this.#heard, inbound, faults: this.#faults };
    return `${this.#name} ${JSON.stringify(said)}`;
  }

  async close() {
    this.#startedUs = 0;
    await this.#pipeline.setState('NULL');
    for (const object of [...this.#own, this.#bin, this.#pipeline]) object.dispose();
    this.#socket.close();
  }

  async #local(description) {
    await this.#bin.emitPromise('set-local-description', description);
    await this.#until('ice-gathering-state', 'complete');
    return this.#bin.get('local-description').sdp;
  }

  async #until(property, value) {
    const deadline = performance.now() + CONNECTED_WITHIN_MS;
    while (this.#bin.get(property) !== value) {
      if (performance.now() > deadline) throw new Error(`${this.#name}: ${property} is ${this.#bin.get(property)}`);
      await sleep(5);
    }
  }

  /** Media leaves by the one address that the server has, too. */
  #stayHere() {
    const ice = this.#bin.get('ice-agent');
    const nice = ice.get('agent').set('upnp', false).set('ice-tcp', false);
    ice.emit('add-local-ip-address', mediaAddress());
    nice.dispose();
    ice.dispose();
  }

  #source(kind) {
    const source = gst.make('appsrc').set('format', 'time').set('is-live', true).set('do-timestamp', true);
    source.set('caps', SENDING[kind]);
    this.#pipeline.add(source);
    source.link(this.#bin, SENDING[kind]);
    this.#own.push(source);
    return source;
  }

  #hear(pad) {
    const sink = gst.make('udpsink').set('host', '127.0.0.1').set('port', this.#socket.address().port);
    sink.set('sync', false).set('async', false);
    this.#pipeline.add(sink);
    sink.syncStateWithParent();
    this.#bin.linkPads(pad.name, sink, 'sink');
    pad.unblock();
    this.#own.push(pad, sink);
  }
}
