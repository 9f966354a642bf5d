// What happens in one round of a soak: who is there, and what each does when, from when all are there. Pure: the same
// seed, the same round.

/**
 * @typedef {{ id: number, process: number, room: number, sends: import('../packets.mjs').Kind[],
 *   slots: Record<import('../packets.mjs').Kind, number>, events: boolean }} Member of a room at first; 0 is none
 * @typedef {'enter' | 'move' | 'talk' | 'hush' | 'pin' | 'replace' | 'drop' | 'giveUp' | 'stall'} Act
 * @typedef {{ atMs: number, act: Act, member: Member, room?: number, target?: number }} Step of `target` it is the id
 * @typedef {{ rooms: number, perRoom: number, processes: number, busyMs: number, paceMs: number }} Size
 * @typedef {{ members: Member[], steps: Step[], vanishAtMs: number, record: { room: number, fromMs: number, toMs: number } }} Round
 *   The last process vanishes with all who are in it then.
 */

/** @type {Record<'full' | 'quick', Size>} */
export const SIZES = {
  full: { rooms: 3, perRoom: 4, processes: 3, busyMs: 45_000, paceMs: 300 },
  quick: { rooms: 2, perRoom: 3, processes: 2, busyMs: 4_000, paceMs: 400 },
};

/** The first ones of a room never leave it: there is always somebody to hear. */
const ANCHORS = 2;
/** One room has pictures, and is recorded. */
const VIDEO_ROOM = 1;
const FIRST_VISITOR = 1_000;
/** What a step may take before the next one of the same member. */
const TAKES_MS = 3_500;
const AWAY_MS = 500;
const STAYS_MS = 1_500;

/** In lots. */
const WEIGHTS = { talk: 5, pin: 3, move: 4, leave: 2, replace: 5, again: 5, visit: 6, giveUp: 1, stall: 1 };

/** Numbers from 0 to 1 (mulberry32). @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {number} seed @param {number} number of the round @param {Size} size @returns {Round} */
export function roundOf(seed, number, size) {
  return new Planner(randomOf(seed * 1_000_003 + number), size).plan();
}

class Planner {
  #random;
  #size;
  #steps = /** @type {Step[]} */ ([]);
  /** By member, where he is and until when he is busy. @type {Map<Member, { room: number, untilMs: number }>} */
  #present = new Map();
  /** By room. @type {Map<number, Member>} */
  #talkers = new Map();
  #visitors = 0;

  constructor(random, size) {
    this.#random = random;
    this.#size = size;
  }

  plan() {
    const { rooms, perRoom, busyMs, paceMs } = this.#size;
    const members = Array.from({ length: rooms * perRoom }, (_, n) => this.#member(n));
    for (const member of members) this.#present.set(member, { room: member.room, untilMs: 0 });
    for (let room = 1; room <= rooms; room++) this.#talk(room, 0);
    const vanishAtMs = busyMs * 0.75;
    const lastMs = Math.max(busyMs - TAKES_MS, busyMs / 2);
    for (let atMs = 0; atMs < lastMs; atMs += paceMs * (0.5 + this.#random())) {
      if (atMs > vanishAtMs - TAKES_MS) this.#forgetMortals(vanishAtMs);
      this.#any(Math.round(atMs));
    }
    const record = { room: VIDEO_ROOM, fromMs: busyMs * 0.1, toMs: busyMs * 0.65 };
    return { members, steps: this.#steps.sort((a, b) => a.atMs - b.atMs), vanishAtMs, record };
  }

  /** @param {number} n @returns {Member} */
  #member(n) {
    const { perRoom, processes } = this.#size;
    const [room, place] = [1 + Math.floor(n / perRoom), n % perRoom];
    const isSeen = room === VIDEO_ROOM && place === 0;
    return {
      id: n + 1,
      process: place % processes,
      room,
      sends: isSeen ? ['audio', 'video'] : ['audio'],
      slots: { audio: 2, video: room === VIDEO_ROOM && !isSeen ? 1 : 0 },
      events: place % 2 === 0,
    };
  }

  #any(atMs) {
    const [act] = this.#pick(Object.entries(WEIGHTS).flatMap(([name, lots]) => Array(lots).fill([name])));
    const free = [...this.#present].filter(([, { untilMs }]) => untilMs <= atMs).map(([member]) => member);
    const movable = free.filter((member) => !isAnchor(member, this.#size) && member.id < FIRST_VISITOR);
    switch (act) {
      case 'talk':
        return this.#talk(this.#anyRoom(), atMs);
      case 'pin':
        return this.#for(
          free.filter((member) => member.events && this.#present.get(member).room > 0),
          (member) => this.#pin(member, atMs),
        );
      case 'move':
        return this.#for(movable, (member) => this.#move(member, this.#otherRoom(member), atMs));
      case 'leave':
        return this.#for(movable, (member) => this.#move(member, 0, atMs));
      case 'replace':
        return this.#for(free, (member) => this.#do('replace', member, atMs));
      case 'again':
        return this.#for(movable, (member) => {
          const { room } = this.#present.get(member);
          this.#drop(member, atMs);
          this.#enter(member, room, atMs + AWAY_MS);
        });
      case 'visit':
        return this.#visit(atMs);
      case 'giveUp':
      case 'stall':
        return void this.#steps.push({ atMs, act, member: this.#visitor() });
    }
  }

  #visit(atMs) {
    const visitor = this.#visitor();
    this.#enter(visitor, visitor.room, atMs);
    this.#drop(visitor, atMs + STAYS_MS);
  }

  #visitor() {
    this.#visitors += 1;
    const process = Math.floor(this.#random() * (this.#size.processes - 1));
    const slots = { audio: 1, video: 0 };
    const id = FIRST_VISITOR + this.#visitors;
    return { id, process, room: this.#anyRoom(), sends: ['audio'], slots, events: this.#random() < 0.5 };
  }

  #enter(member, room, atMs) {
    this.#do('enter', member, atMs, { room });
  }

  #drop(member, atMs) {
    this.#do('drop', member, atMs);
    this.#present.delete(member);
    this.#elsewhere(member, atMs);
  }

  #move(member, room, atMs) {
    this.#do('move', member, atMs, { room });
    this.#elsewhere(member, atMs);
  }

  /** To somebody who stays. */
  #pin(member, atMs) {
    const { room } = this.#present.get(member);
    const anchors = [...this.#present.keys()].filter(
      (other) => other !== member && other.room === room && isAnchor(other, this.#size),
    );
    this.#for(anchors, ({ id }) => this.#do('pin', member, atMs, { target: id }));
  }

  /** Somebody else talks in the room that he leaves. */
  #elsewhere(member, atMs) {
    for (const [room, talker] of this.#talkers) {
      if (talker === member) this.#talk(room, atMs);
    }
  }

  /** Somebody else than up to now; nobody where there is nobody else. */
  #talk(room, atMs) {
    const before = this.#talkers.get(room);
    const others = [...this.#present].filter(([member, { room: where }]) => where === room && member !== before);
    const settled = others.filter(([, { untilMs }]) => untilMs <= atMs + TAKES_MS).map(([member]) => member);
    if (before !== undefined) this.#steps.push({ atMs, act: 'hush', member: before });
    this.#talkers.delete(room);
    this.#for(settled, (talker) => {
      this.#talkers.set(room, talker);
      this.#steps.push({ atMs, act: 'talk', member: talker });
    });
  }

  #forgetMortals(vanishAtMs) {
    const mortal = this.#size.processes - 1;
    for (const [member] of this.#present) {
      if (member.process !== mortal) continue;
      this.#present.delete(member);
      this.#elsewhere(member, vanishAtMs);
    }
  }

  #do(act, member, atMs, more = {}) {
    const room = more.room ?? this.#present.get(member)?.room ?? 0;
    this.#present.set(member, { room, untilMs: atMs + TAKES_MS });
    this.#steps.push({ atMs: Math.round(atMs), act, member, ...more });
  }

  #anyRoom() {
    return 1 + Math.floor(this.#random() * this.#size.rooms);
  }

  #otherRoom(member) {
    const { room } = this.#present.get(member);
    const others = Array.from({ length: this.#size.rooms }, (_, n) => n + 1).filter((other) => other !== room);
    return this.#pick(others);
  }

  #pick(items) {
    return items[Math.floor(this.#random() * items.length)];
  }

  #for(members, act) {
    if (members.length > 0) act(this.#pick(members));
  }
}

const isAnchor = ({ id }, { perRoom }) => id < FIRST_VISITOR && (id - 1) % perRoom < ANCHORS;
