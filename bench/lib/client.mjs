// A client of the service: one connection for what it sends and hears.
import { once } from 'node:events';
import WebSocket from 'ws';
import { nowUs } from './packets.mjs';
import { WebRtc } from './webrtc.mjs';

/** After which a member sends: not everybody at the same moment. @param {number} id */
export const firstPacketAtUs = (id) => nowUs() + ((id * 7_919) % 20_000);

export class Client {
  #member;
  #rtc;

  /** @param {import('./figures.mjs').Member} member @param {(packet: Buffer, atUs: number) => void} take */
  constructor(member, take) {
    this.#member = member;
    this.#rtc = new WebRtc(`client-${member.id}`, member.sends, take);
  }

  /** Connected, and in its conversation. @param {number} port of the service @param {string} [host] */
  async enter(port, host = '127.0.0.1') {
    const { id, slots, room } = this.#member;
    await this.#rtc.open();
    const headers = { 'X-User-Claim': JSON.stringify({ userid: `user-${id}` }) };
    const socket = new WebSocket(`ws://${host}:${port}/connect`, { headers });
    await once(socket, 'open');
    socket.send(await this.#rtc.offer(slots));
    const answer = await new Promise((resolve, reject) => {
      socket.once('message', resolve).once('close', (code, reason) => reject(new Error(`${code} ${reason}`)));
    });
    await this.#rtc.accept(String(answer));
    await this.#rtc.connected();
    const { status } = await fetch(`http://${host}:${port}/join/room-${room}`, { method: 'POST', headers });
    if (status !== 200) throw new Error(`user-${id} may not join: ${status}`);
  }

  /** Whoever comes is heard, by the one connection there is. */
  async hear() {}

  start() {
    this.#rtc.start(firstPacketAtUs(this.#member.id));
  }

  /** What is due. */
  send() {
    this.#rtc.send(this.#member.id);
  }

  get sent() {
    return this.#rtc.sent.map((stream) => ({ publisher: this.#member.id, ...stream }));
  }

  async close() {
    await this.#rtc.close();
  }
}
