// The events channel of one connection: what the service tells it, and what it asks for.
import { EventEmitter, once } from 'node:events';

const WITHIN_MS = 5_000;

export class Events {
  #say;
  /** Of each type the latest; a message says how things are. @type {Map<string, any>} */
  #latest = new Map();
  #told = new EventEmitter();

  /** @param {(text: string) => void} say */
  constructor(say) {
    this.#say = (message) => say(JSON.stringify(message));
  }

  /** @param {string} text */
  take(text) {
    const message = JSON.parse(text);
    this.#latest.set(message.type, message);
    this.#told.emit('message');
  }

  /** Hears this user in his first slot, however quiet that one is, and lets go again. @param {string} userid */
  async pin(userid) {
    const { slots } = await this.#until('welcome', () => true);
    const { mid } = slots.find(({ kind }) => kind === 'audio');
    this.#say({ type: 'select', mid, userid });
    try {
      await this.#until('slots', (told) => told.slots[mid]?.userid === userid);
    } catch (error) {
      throw new Error(`${mid} pinned to ${userid}: ${JSON.stringify([...this.#latest.values()])}`, { cause: error });
    } finally {
      this.#say({ type: 'select', mid, userid: null });
    }
  }

  /** The latest message of that type, as soon as it is so. */
  async #until(type, isSo) {
    const signal = AbortSignal.timeout(WITHIN_MS);
    while (!(this.#latest.has(type) && isSo(this.#latest.get(type)))) await once(this.#told, 'message', { signal });
    return this.#latest.get(type);
  }
}
