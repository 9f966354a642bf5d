// A client of Janus' VideoRoom: a connection for what it sends, and one for all that it hears.
import { firstPacketAtUs } from '../client.mjs';
import { WebRtc } from '../webrtc.mjs';
import { JanusSession } from './session.mjs';

const NO_SLOTS = { audio: 0, video: 0 };

export class JanusClient {
  #member;
  #take;
  /** @type {JanusSession | null} */
  #session = null;
  /** Null for somebody who only hears. @type {WebRtc | null} */
  #out = null;
  /** Null before anybody is heard. @type {WebRtc | null} */
  #in = null;

  /** @param {import('../figures.mjs').Member} member @param {(packet: Buffer, atUs: number) => void} take */
  constructor(member, take) {
    this.#member = member;
    this.#take = take;
  }

  /** Sends, as soon as it is to start. Room numbers of Janus are above 0. @param {number} port */
  async enter(port) {
    const { id, sends } = this.#member;
    this.#session = await JanusSession.open(port);
    await this.#session.room(this.#room);
    if (sends.length === 0) return;
    this.#out = new WebRtc(`client-${id}`, sends, this.#take);
    await this.#out.open();
    const handle = await this.#session.attach();
    await handle.ask({ request: 'join', ptype: 'publisher', room: this.#room, id });
    const offer = { type: 'offer', sdp: await this.#out.offer(NO_SLOTS) };
    const { jsep } = await handle.ask({ request: 'publish' }, offer);
    await this.#out.accept(jsep.sdp);
    await this.#out.connected();
  }

  /** Whoever is there now. @param {readonly import('../figures.mjs').Member[]} members everybody, of all rooms */
  async hear(members) {
    const { id, room } = this.#member;
    const others = members.filter((other) => other.id !== id && other.room === room && other.sends.length > 0);
    if (others.length === 0) return;
    this.#in = new WebRtc(`listener-${id}`, [], this.#take);
    await this.#in.open();
    const handle = await this.#session.attach();
    const streams = others.map((other) => ({ feed: other.id }));
    const { jsep } = await handle.ask({ request: 'join', ptype: 'subscriber', room: this.#room, streams });
    const answer = { type: 'answer', sdp: await this.#in.answer(jsep.sdp) };
    await handle.ask({ request: 'start' }, answer);
    await this.#in.connected();
  }

  start() {
    this.#out?.start(firstPacketAtUs(this.#member.id));
  }

  /** What is due. */
  send() {
    this.#out?.send(this.#member.id);
  }

  get sent() {
    return (this.#out?.sent ?? []).map((stream) => ({ publisher: this.#member.id, ...stream }));
  }

  async close() {
    await Promise.all([this.#out?.close(), this.#in?.close()]);
    this.#session?.close();
  }

  get #room() {
    return this.#member.room + 1;
  }
}
