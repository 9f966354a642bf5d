import type { Device, Message } from './core/messages.ts';
import { occupant, sight, type Sighting } from './core/occupants.ts';
import {
  changeOf,
  isSame,
  peopleIn,
  SELF,
  withMissing,
  type DeviceName,
  type Person,
  type Scene,
} from './core/people.ts';
import { pinsOf, selectsOf } from './core/pins.ts';
import { apply, NOTHING, type View } from './core/view.ts';
import type { Link } from './link.ts';
import { Streams } from './streams.ts';
import type { Kind, Participant, ParticipantsChange, Quality } from './types.ts';

/** Without a word on the events channel for so long there is none. */
const UNNAMED_MS = 2_000;
/** For so long a track of the connection before is shown where the new one has none yet. */
const HOLD_MS = 1_000;
/** For so long those of before are taken to be here still, after a connection that was asked for, and after a lost one. */
const SETTLE_MS = { renewed: 2_000, lost: 8_000 };
/** And for so long after one is in the conversation again: the others were lost at the same time. */
const RETURN_MS = 6_000;
/** From 0 to 1: louder is speech; it counts for a moment. */
const LOUD = 0.02;
const LOUD_MS = 500;

export interface RoomPorts {
  readonly events: boolean;
  /** What is published, and whether it is heard. */
  readonly own: () => { readonly tracks: readonly MediaStreamTrack[]; readonly muted: boolean };
  readonly onChange: (change: ParticipantsChange) => void;
  /** The stream of a participant has a new track. */
  readonly onTrack: (stream: MediaStream) => void;
  /** Returns what ends it. */
  readonly play: (element: HTMLMediaElement, stream: MediaStream) => () => void;
}

/** Who is here and what is heard and seen of each, over all connections of a call. */
export class Room {
  readonly #ports: RoomPorts;
  readonly #streams = new Streams();
  #link: Link;
  #followedAt = performance.now();
  #wasLost = false;
  #settlesUntil = 0;
  #holdsUntil = 0;
  /** When something is different without anything happening. */
  #dueAt = 0;
  #view: View = NOTHING;
  #me: Device | null = null;
  #sightings = new Map<string, Sighting>();
  #loudAt = new Map<number, number>();
  #endPull: (() => void) | null = null;
  #occupants: ReadonlyMap<string, number | null> = new Map();
  #quality: { readonly own: Quality | null; readonly others: ReadonlyMap<number, Quality> } = {
    own: null,
    others: new Map(),
  };
  #pins: readonly DeviceName[] = [];
  /** By mid: which slots are for whom, and what the service was told of it. */
  #pinned: ReadonlyMap<string, DeviceName> = new Map();
  #said: ReadonlyMap<string, DeviceName> = new Map();
  #people: readonly Person[] = [];
  #participants: readonly Participant[] = [];

  constructor(link: Link, ports: RoomPorts) {
    this.#link = link;
    this.#ports = ports;
    this.update();
  }

  get participants(): readonly Participant[] {
    return this.#participants;
  }

  /** As the events channel told on this connection; `isTold` false until it has. */
  get place(): { readonly isTold: boolean; readonly conversation: string | null; readonly recording: boolean } {
    const { members, conversation, recording } = this.#view;
    return { isTold: members !== null, conversation, recording };
  }

  /** Whether those of before count, since the new connection has not told everything. */
  get isSettling(): boolean {
    return performance.now() < this.#settlesUntil;
  }

  get isNamed(): boolean {
    if (!this.#ports.events) return false;
    return this.#me !== null || performance.now() < this.#followedAt + UNNAMED_MS;
  }

  /** Goes on with another connection; `lost`: the one before was. */
  follow(link: Link, lost: boolean): void {
    const now = performance.now();
    const slotOf = (mid: string): { kind: Kind; index: number } | undefined =>
      this.#link.slots.find((each) => each.mid === mid);
    this.#pinned = new Map(
      [...this.#pinned].flatMap(([mid, device]) => {
        const old = slotOf(mid);
        const slot = link.slots.find(({ kind, index }) => kind === old?.kind && index === old.index);
        return slot === undefined ? [] : [[slot.mid, device] as const];
      }),
    );
    this.#said = new Map();
    this.#link = link;
    this.#followedAt = now;
    this.#wasLost = lost;
    this.#settlesUntil = now + (lost ? SETTLE_MS.lost : SETTLE_MS.renewed);
    this.#holdsUntil = now + HOLD_MS;
    this.#view = NOTHING;
    this.#sightings = new Map();
    this.#endPull?.();
    this.#endPull = null;
    this.update();
  }

  receive(message: Message): void {
    const before = this.#view;
    this.#view = apply(before, message, performance.now());
    if (this.#view === before) return;
    this.#me = this.#view.me ?? this.#me;
    if (before.conversation !== this.#view.conversation) this.#said = new Map();
    if (before.conversation === null && this.#view.conversation !== null) {
      this.#settlesUntil = Math.min(this.#settlesUntil, performance.now() + (this.#wasLost ? RETURN_MS : 0));
    }
    this.update();
  }

  /** Nobody is taken to be here who is not: the join failed. */
  settle(): void {
    this.#settlesUntil = 0;
    this.update();
  }

  rate(own: Quality, others: ReadonlyMap<number, Quality>): void {
    this.#quality = { own, others };
    this.update();
  }

  pin(device: DeviceName, on: boolean): void {
    const others = this.#pins.filter(
      ({ userid, clientid }) => userid !== device.userid || clientid !== device.clientid,
    );
    this.#pins = on ? [...others, device] : others;
    this.update();
  }

  /** The participant in a slot. */
  nameOf(mid: string): string | null {
    const csrc = this.#occupants.get(mid) ?? null;
    return csrc === null ? null : (this.#people.find((person) => person.csrc === csrc)?.id ?? null);
  }

  /** Looks at the packets: to be called often, and cheap where nothing has changed. */
  look(): void {
    const now = performance.now();
    if (!this.isNamed) this.#pull();
    for (const { mid, kind, receiver } of this.#link.slots) {
      const seen = sight(this.#sightings.get(mid) ?? null, receiver.getContributingSources(), now);
      if (seen !== null) this.#sightings.set(mid, seen);
      if (kind === 'audio' && seen?.at === now && !this.isNamed) this.#listen(receiver, seen.csrc, now);
    }
    const occupants = this.#occupantsAt(now);
    const isNew = [...occupants].some(([mid, csrc]) => this.#occupants.get(mid) !== csrc);
    if (isNew || now >= this.#dueAt || !this.isNamed) this.update();
  }

  update(): void {
    const now = performance.now();
    this.#occupants = this.#occupantsAt(now);
    const deadlines = [this.#holdsUntil, this.#settlesUntil, this.#followedAt + UNNAMED_MS];
    this.#dueAt = Math.min(...deadlines.filter((at) => at > now));
    const here = peopleIn(this.#scene(now));
    const people = this.isSettling ? withMissing(this.#people, here) : here;
    this.#placeTracks(people, now < this.#holdsUntil);
    this.#show(people);
    this.#sayPins();
  }

  #occupantsAt(now: number): ReadonlyMap<string, number | null> {
    const { told } = this.#view;
    return new Map(
      this.#link.slots.map(({ mid, kind }) => {
        return [mid, occupant(kind, told.get(mid) ?? null, this.#sightings.get(mid) ?? null, now)];
      }),
    );
  }

  #scene(now: number): Scene {
    const { tracks, muted } = this.#ports.own();
    return {
      view: this.#view,
      me: this.#me,
      named: this.isNamed,
      slots: this.#link.slots,
      occupants: this.#occupants,
      loud: new Set([...this.#loudAt].filter(([, at]) => now - at < LOUD_MS).map(([csrc]) => csrc)),
      own: { kinds: tracks.map(({ kind }) => kind as Kind), muted, quality: this.#quality.own },
      quality: this.#quality.others,
      pins: this.#pins,
    };
  }

  /** Sound that nobody plays is not decoded, and shows no CSRC: so something plays it, not muted, but at volume 0. */
  #pull(): void {
    if (this.#endPull !== null) return;
    const tracks = this.#link.slots.filter(({ kind }) => kind === 'audio').map(({ receiver }) => receiver.track);
    const silent = Object.assign(new Audio(), { volume: 0 });
    this.#endPull = this.#ports.play(silent, new MediaStream(tracks));
  }

  #listen(receiver: RTCRtpReceiver, csrc: number, now: number): void {
    const [source] = receiver.getSynchronizationSources();
    if ((source?.audioLevel ?? 0) > LOUD) this.#loudAt.set(csrc, now);
  }

  #placeTracks(people: readonly Person[], holds: boolean): void {
    const trackOf = (csrc: number | null, kind: Kind): readonly MediaStreamTrack[] => {
      const slot = this.#link.slots.find(
        (each) => each.kind === kind && csrc !== null && this.#occupants.get(each.mid) === csrc,
      );
      return slot === undefined ? [] : [slot.receiver.track];
    };
    const wanted = people.map(({ id, csrc }) => {
      const tracks = id === SELF ? this.#ports.own().tracks : [...trackOf(csrc, 'audio'), ...trackOf(csrc, 'video')];
      return [id, tracks] as const;
    });
    for (const id of this.#streams.set(new Map(wanted), holds)) this.#ports.onTrack(this.#streams.of(id));
  }

  /** Says what has changed, once. */
  #show(people: readonly Person[]): void {
    const { joined, left, changed } = changeOf(this.#people, people);
    if (joined.length + left.length + changed.length === 0) return;
    const before = this.#participants;
    const old = new Map(this.#people.map((person, at) => [person.id, { person, participant: before[at] }]));
    this.#people = people;
    this.#participants = people.map((person) => {
      const known = old.get(person.id);
      if (known?.participant !== undefined && isSame(known.person, person)) return known.participant;
      return { ...person, stream: this.#streams.of(person.id) };
    });
    const named = (all: readonly Participant[], ids: readonly string[]): readonly Participant[] =>
      all.filter(({ id }) => ids.includes(id));
    this.#ports.onChange({
      all: this.#participants,
      joined: named(this.#participants, joined),
      left: named(before, left),
      changed: named(this.#participants, changed),
    });
  }

  /** A pin ends with the stay in the conversation, so it is said again in the next. */
  #sayPins(): void {
    const { conversation, members } = this.#view;
    if (conversation === null || members === null) return;
    this.#pinned = pinsOf(this.#pins, this.#link.slots, members, this.#occupants, this.#pinned);
    for (const { mid, device } of selectsOf(this.#said, this.#pinned)) {
      this.#link.say({ type: 'select', mid, userid: device?.userid ?? null, clientid: device?.clientid });
    }
    this.#said = this.#pinned;
  }
}
