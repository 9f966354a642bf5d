// One user of a soak, with the connection of his device.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { firstPacketAtUs } from '../client.mjs';
import { nowUs } from '../packets.mjs';
import { WebRtc } from '../webrtc.mjs';
import { Ear, nothingHeard, plus } from './ear.mjs';
import { Events } from './events.mjs';
import { Stay } from './stay.mjs';

/** Longer than a packet of his is under way, also on a machine that is held up. */
const ON_THE_WAY_MS = 2_000;
/** A voice swings, and pauses: others are softer than what is held back beside it. */
const SOFT = 70;
const voiceAt = (count) => (count % 80 < 60 ? 0x80 | (18 + ((count * 7) % 20)) : SOFT);

/** With which the socket closes when the service, too, is connected. */
const UP = '1000';

const refuse = (how) => {
  throw new Error(how);
};

let connections = 0;

export class Member {
  #plan;
  #server;
  #round;
  #stay = new Stay();
  /** @type {Set<{ rtc: WebRtc, ear: Ear, events: Events | null }>} */
  #legs = new Set();
  #heard = nothingHeard();
  #talksSinceUs = Infinity;
  #told;

  /**
   * @param {import('./schedule.mjs').Member} plan
   * @param {{ port: number, round: number }} where
   * @param {(us: number) => void} told how long each packet took
   */
  constructor(plan, { port, round }, told) {
    this.#plan = plan;
    this.#server = `127.0.0.1:${port}`;
    this.#round = round;
    this.#told = told;
  }

  get #headers() {
    return { 'X-User-Claim': JSON.stringify({ userid: this.#useridOf(this.#plan.id) }) };
  }

  #useridOf(id) {
    return `round-${this.#round}-user-${id}`;
  }

  /** Connected, and in the conversation: the join comes before or after. */
  async enter({ room }) {
    const joinsFirst = this.#plan.id % 2 === 0;
    if (joinsFirst) await this.#join(room);
    await this.#connect();
    if (!joinsFirst) await this.#join(room);
  }

  async move({ room }) {
    this.#stay.announce(room);
    await sleep(ON_THE_WAY_MS);
    await this.#join(room);
  }

  /** The same device connects anew, as after a reload. */
  async replace() {
    const old = [...this.#legs];
    await this.#connect();
    await Promise.all(old.map((leg) => this.#end(leg)));
  }

  /** Hears somebody of his room, however quiet that one is. */
  async pin({ target }) {
    await [...this.#legs].at(-1).events.pin(this.#useridOf(target));
  }

  async drop() {
    this.#talksSinceUs = Infinity;
    await Promise.all([...this.#legs].map((leg) => this.#end(leg)));
  }

  talk() {
    this.#talksSinceUs = nowUs();
  }

  hush() {
    this.#talksSinceUs = Infinity;
  }

  /** Gone between its offer and the answer. */
  async giveUp() {
    await this.#withOffer(async (socket, offer) => {
      socket.send(offer);
      await sleep(1);
      socket.terminate();
    });
  }

  /** Has its answer, and never does anything with it; the service ends it. */
  async stall() {
    await this.#withOffer(async (socket, offer) => {
      const closed = once(socket, 'close');
      socket.send(offer);
      await closed;
    });
  }

  /** What is due. */
  send() {
    const isTalking = this.#talksSinceUs !== Infinity;
    for (const { rtc } of this.#legs) {
      rtc.send(this.#stay.tag(this.#plan.id), isTalking ? voiceAt : () => SOFT);
    }
  }

  /** Since the last report. */
  report() {
    const legs = [...this.#legs].map(({ ear }) => ear.collect());
    const heard = legs.reduce(plus, this.#heard);
    this.#heard = nothingHeard();
    const { room, sinceUs } = this.#stay;
    return { id: this.#plan.id, room, sinceUs, talksSinceUs: this.#talksSinceUs, isUp: legs.length > 0, heard };
  }

  /** Each of his connections, in words. */
  async describe() {
    const legs = await Promise.all([...this.#legs].map(({ rtc }) => rtc.describe()));
    return legs.join(' | ');
  }

  /** Also where he was already: a join is forgotten when no device is connected. */
  async #join(room) {
    const isLeaving = room === 0;
    if (isLeaving && this.#stay.room === 0) return;
    this.#stay.request(room, nowUs());
    const of = `round-${this.#round}-room-${isLeaving ? this.#stay.room : room}`;
    const method = isLeaving ? 'DELETE' : 'POST';
    const { status } = await fetch(`http://${this.#server}/join/${of}`, { method, headers: this.#headers });
    this.#stay.arrive(nowUs());
    const isRight = isLeaving ? status === 204 : status === 200;
    if (!isRight) throw new Error(`user ${this.#plan.id}: ${method} ${of}: ${status}`);
  }

  async #connect() {
    const ear = new Ear(this.#plan.id, this.#stay);
    const rtc = this.#webrtc((packet, atUs) => {
      const tookUs = ear.take(packet, atUs);
      if (tookUs !== null) this.#told(tookUs);
    });
    try {
      await rtc.open();
      const events = this.#eventsOf(rtc);
      const socket = await this.#socket();
      const closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve(`${code} ${reason}`)));
      socket.send(await rtc.offer(this.#plan.slots));
      const [answer] = await Promise.race([once(socket, 'message'), closed.then(refuse)]);
      await rtc.accept(String(answer));
      await rtc.connected();
      // Up on this side is not yet up on the other.
      const how = await closed;
      if (!how.startsWith(UP)) refuse(how);
      this.#legs.add({ rtc, ear, events });
    } catch (error) {
      await rtc.close();
      throw error;
    }
    rtc.start(firstPacketAtUs(this.#plan.id));
  }

  async #end(leg) {
    this.#legs.delete(leg);
    this.#heard = plus(this.#heard, leg.ear.collect());
    await leg.rtc.close();
  }

  async #withOffer(act) {
    const rtc = this.#webrtc(() => undefined);
    try {
      await rtc.open();
      this.#eventsOf(rtc);
      const offer = await rtc.offer(this.#plan.slots);
      await act(await this.#socket(), offer);
    } finally {
      await rtc.close();
    }
  }

  #webrtc(take) {
    connections += 1;
    return new WebRtc(`soak-${this.#plan.id}-${connections}`, this.#plan.sends, take);
  }

  /** Once it is open, and before its offer. */
  #eventsOf(rtc) {
    if (!this.#plan.events) return null;
    const events = new Events(rtc.withEvents((text) => events.take(text)));
    return events;
  }

  async #socket() {
    const socket = new WebSocket(`ws://${this.#server}/connect`, { headers: this.#headers });
    await once(socket, 'open');
    return socket;
  }
}
