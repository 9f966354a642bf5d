// One client on a webrtcbin: it sends stamped packets and counts those it hears.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import gst from 'node-gst';
import WebSocket from 'ws';
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

export class Client {
  #member;
  #pipeline;
  #bin;
  #own = [];
  #socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  /** By kind, what is sent, how many were, and since when. */
  #streams = [];
  #startedUs = 0;

  /** @param {import('./figures.mjs').Member} member @param {(packet: Buffer, atUs: number) => void} take */
  constructor(member, take) {
    this.#member = member;
    this.#pipeline = gst.pipeline(`client-${member.id}`);
    this.#bin = gst.make('webrtcbin', `client-${member.id}-bin`).set('bundle-policy', 'max-bundle').set('latency', 0);
    this.#pipeline.add(this.#bin);
    this.#onLoopback();
    for (const kind of member.sends) this.#streams.push({ kind, source: this.#source(kind), count: 0 });
    this.#bin.on('pad-added', (pad) => this.#hear(pad), { block: true });
    this.#socket.on('message', (packet) => take(packet, nowUs()));
  }

  get id() {
    return this.#member.id;
  }

  /** Connected, and in its conversation. @param {number} port of the service */
  async enter(port) {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    await this.#pipeline.setState('PLAYING');
    for (const [kind, count] of Object.entries(this.#member.slots)) {
      for (let n = 0; n < count; n++) this.#own.push(this.#bin.emit('add-transceiver', 'recvonly', HEARING[kind]));
    }
    const headers = { 'X-User-Claim': JSON.stringify({ userid: `user-${this.id}` }) };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/connect`, { headers });
    await once(socket, 'open');
    socket.send(await this.#offer());
    const answer = await new Promise((resolve, reject) => {
      socket.once('message', resolve).once('close', (code, reason) => reject(new Error(`${code} ${reason}`)));
    });
    await this.#bin.emitPromise('set-remote-description', { type: 'answer', sdp: String(answer) });
    await this.#until('connection-state', 'connected');
    const url = `http://127.0.0.1:${port}/join/room-${this.#member.room}`;
    const { status } = await fetch(url, { method: 'POST', headers });
    if (status !== 200) throw new Error(`user-${this.id} may not join: ${status}`);
  }

  /** From now on, but for a phase of its own: not everybody sends at the same moment. */
  start() {
    this.#startedUs = nowUs() + ((this.id * 7_919) % 20_000);
  }

  /** What is due. */
  send() {
    if (this.#startedUs === 0) return;
    for (const stream of this.#streams) {
      const { periodMs, packets } = KINDS[stream.kind];
      while (this.#startedUs + Math.floor(stream.count / packets) * periodMs * 1_000 <= nowUs()) {
        stream.source.emit('push-buffer', MAKE[stream.kind](this.id, stream.count, nowUs()));
        stream.count += 1;
      }
    }
  }

  /** How many packets were sent, by kind. */
  get sent() {
    return this.#streams.map(({ kind, count }) => ({ publisher: this.id, kind, count }));
  }

  async close() {
    this.#startedUs = 0;
    await this.#pipeline.setState('NULL');
    for (const object of [...this.#own, this.#bin, this.#pipeline]) object.dispose();
    this.#socket.close();
  }

  async #offer() {
    const reply = await this.#bin.emitPromise('create-offer', null);
    await this.#bin.emitPromise('set-local-description', reply.offer);
    await this.#until('ice-gathering-state', 'complete');
    return this.#bin.get('local-description').sdp;
  }

  async #until(property, value) {
    const deadline = performance.now() + CONNECTED_WITHIN_MS;
    while (this.#bin.get(property) !== value) {
      if (performance.now() > deadline) throw new Error(`user-${this.id}: ${property} is ${this.#bin.get(property)}`);
      await sleep(5);
    }
  }

  #onLoopback() {
    const ice = this.#bin.get('ice-agent');
    const nice = ice.get('agent').set('upnp', false).set('ice-tcp', false);
    ice.emit('add-local-ip-address', '127.0.0.1');
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
