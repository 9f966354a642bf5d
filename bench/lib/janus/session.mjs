// A session of Janus' WebSocket API (https://janus.conf.meetecho.com/docs/rest.html), as much as the bench needs of it.
import { once } from 'node:events';
import WebSocket from 'ws';

const PLUGIN = 'janus.plugin.videoroom';
/** Janus ends sessions that are silent for a minute. */
const KEEPALIVE_MS = 20_000;
const ANSWER_WITHIN_MS = 20_000;
const ROOM_EXISTS = 427;

export class JanusSession {
  #socket;
  #id = 0;
  #keepalive;
  /** What waits for its answer, by transaction. */
  #waiting = new Map();
  #next = 0;

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('message', (text) => this.#take(JSON.parse(String(text))));
  }

  /** @param {number} port */
  static async open(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'janus-protocol');
    await once(socket, 'open');
    const session = new JanusSession(socket);
    session.#id = (await session.#ask({ janus: 'create' })).data.id;
    session.#keepalive = setInterval(() => session.#send({ janus: 'keepalive' }), KEEPALIVE_MS);
    return session;
  }

  /** Makes the room, where nobody has yet. @param {number} room */
  async room(room) {
    const handle = await this.attach();
    const codecs = { audiocodec: 'opus', videocodec: 'vp8', audiolevel_ext: true };
    await handle.ask({ request: 'create', room, publishers: 1_000, ...codecs }, undefined, [ROOM_EXISTS]);
  }

  /** A handle on the plugin: one connection at most. */
  async attach() {
    const { data } = await this.#ask({ janus: 'attach', plugin: PLUGIN });
    return { ask: (body, jsep, allowed = []) => this.#message(data.id, body, jsep, allowed) };
  }

  close() {
    clearInterval(this.#keepalive);
    this.#socket.close();
  }

  async #message(handle, body, jsep, allowed) {
    const answer = await this.#ask({ janus: 'message', handle_id: handle, body, ...(jsep && { jsep }) });
    const { error_code: code, error } = answer.plugindata.data;
    if (code !== undefined && !allowed.includes(code)) throw new Error(`Janus refuses to ${body.request}: ${error}`);
    return answer;
  }

  #ask(message) {
    const transaction = this.#send(message);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(transaction);
        reject(new Error(`Janus does not answer to ${JSON.stringify(message)}`));
      }, ANSWER_WITHIN_MS);
      this.#waiting.set(transaction, (answer) => {
        clearTimeout(late);
        if (answer.janus === 'error') reject(new Error(`Janus: ${answer.error.reason}`));
        else resolve(answer);
      });
    });
  }

  #send(message) {
    const transaction = String(this.#next++);
    this.#socket.send(JSON.stringify({ ...message, transaction, ...(this.#id !== 0 && { session_id: this.#id }) }));
    return transaction;
  }

  /** An `ack` says that an answer will come. */
  #take(message) {
    const waits = this.#waiting.get(message.transaction);
    if (waits === undefined || message.janus === 'ack') return;
    this.#waiting.delete(message.transaction);
    waits(message);
  }
}
