// Where a member is, as far as he can know: between a request and its answer he may be here or there. Pure.

/** How long it is of interest where somebody was. */
const REMEMBER_US = 30_000_000;
/** 0 is no room. */
const NONE = 0;

export class Stay {
  /** Rooms that he may be in or was in. @type {{ room: number, fromUs: number, toUs: number }[]} */
  #stays = [];
  #room = NONE;
  /** That he is about to go to. @type {number | null} */
  #next = null;
  #sinceUs = 0;

  get room() {
    return this.#room;
  }

  /** Since when nothing changes. */
  get sinceUs() {
    return this.#next === null ? this.#sinceUs : Infinity;
  }

  /** What he sends from now on may arrive when he is there. @param {number} room */
  announce(room) {
    this.#next = room;
  }

  /** The request leaves. @param {number} room @param {number} nowUs */
  request(room, nowUs) {
    this.#next = room;
    this.#stays.push({ room, fromUs: nowUs, toUs: Infinity });
  }

  /** He is there, and nowhere else. @param {number} nowUs */
  arrive(nowUs) {
    this.#room = this.#next ?? this.#room;
    this.#next = null;
    this.#sinceUs = nowUs;
    for (const stay of this.#stays) {
      if (stay.room !== this.#room) stay.toUs = Math.min(stay.toUs, nowUs);
    }
    this.#stays = this.#stays.filter(({ toUs }) => toUs > nowUs - REMEMBER_US);
  }

  /** Whether what was sent then and arrives now can have been for him. @param {readonly number[]} rooms */
  mayHear(rooms, sentUs, nowUs) {
    return this.#stays.some(
      ({ room, fromUs, toUs }) => room !== NONE && rooms.includes(room) && fromUs <= nowUs && toUs >= sentUs,
    );
  }

  /** What he writes in his packets: who he is, and where. @param {number} id */
  tag(id) {
    return ((this.#room << 24) | ((this.#next ?? this.#room) << 16) | id) >>> 0;
  }
}

/** @param {number} tag */
export const roomsOf = (tag) => [tag >>> 24, (tag >>> 16) & 0xff];
/** @param {number} tag */
export const idOf = (tag) => tag & 0xffff;
