import type { Clock, Timer } from '../base/clock.ts';
import type { CloseReason } from '../base/close-reason.ts';
import { Emitter } from '../base/emitter.ts';
import type { ConversationId, PeerId } from '../base/ids.ts';
import type { Member } from '../conversation/types.ts';
import type { MediaChannel } from '../media/types.ts';
import type { MediaKind } from '../sdp/types.ts';
import { Client, type View } from './client.ts';
import { congestion, recording, roster, slots, speakers, type Saying } from './messages.ts';
import type { Topic } from './outbox.ts';
import type { ChannelReport, Conversations } from './types.ts';

export interface ChannelsOptions {
  readonly conversations: Conversations;
  readonly isRecorded: (conversation: ConversationId) => boolean;
  /** How many video slots of a device may be filled, as its line is; null for all. */
  readonly videosOf: (peer: PeerId) => number | null;
  readonly clock: Clock;
  /** Gets what a channel throws; it costs that channel only. */
  readonly onError: (error: unknown) => void;
}

export type ChannelsEvents = {
  opened: [member: Member];
  /** The channel ended: with its connection, or the client closed it. */
  closed: [member: Member, report: ChannelReport];
};

/** How long a change waits at most until it is said. Pings are spread over these ticks by the time of their opening. */
const TICK_MS = 50;

/** What a change of the place means to a client. */
const EVERYTHING = ['recording', 'roster', 'slots', 'speakers'] as const;

const NO_ROSTER = roster(null, [], () => []);
const NO_SPEAKERS = speakers([]);

/**
 * Every `events` channel: hears what changes in the conversations, marks whom it concerns, and says it from one timer.
 * What is the same for all members of a conversation is written once.
 */
export class Channels {
  readonly events: Emitter<ChannelsEvents>;
  readonly #options: ChannelsOptions;
  readonly #clients = new Map<PeerId, Client>();
  /** Every member, with a channel or without: a channel may open long after its device came in. */
  readonly #places = new Map<PeerId, ConversationId>();
  /** What those who have a channel have said to be off. */
  readonly #muted = new Map<PeerId, readonly MediaKind[]>();
  readonly #rosters = new Map<ConversationId, Saying>();
  readonly #speakers = new Map<ConversationId, Saying>();
  readonly #view: View;
  readonly #subscriptions: readonly (() => void)[];
  #timer: Timer | null = null;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.events = new Emitter(options.onError);
    this.#view = {
      roster: ({ id }) =>
        this.#shared(id, this.#rosters, NO_ROSTER, (room) =>
          roster(room, this.#members(room), (each) => this.#muted.get(each.id) ?? []),
        ),
      slots: (member) => slots(member.slots, options.conversations.slotsOf(member.id)),
      speakers: ({ id }) =>
        this.#shared(id, this.#speakers, NO_SPEAKERS, (room) => speakers(options.conversations.speakersOf(room))),
      congestion: ({ id }) => congestion(options.videosOf(id)),
      recording: ({ id }) => {
        const room = this.#places.get(id);
        return recording(room !== undefined && options.isRecorded(room));
      },
    };
    this.#subscriptions = this.#subscribe();
  }

  /** Channels that are open. */
  get size(): number {
    return this.#clients.size;
  }

  /** The client of `member` opened its channel. To be called inside the event that tells of it. */
  open(member: Member, channel: MediaChannel): void {
    const client = new Client({
      member,
      channel,
      view: this.#view,
      now: () => this.#options.clock.now(),
      pin: (slot, target) => this.#options.conversations.pin(member.id, slot, target),
      mute: (kinds) => this.#mute(member.id, kinds),
    });
    this.#clients.set(member.id, client);
    channel.events.on('message', (text) => this.#guarded(client, () => client.receive(text)));
    channel.events.on('closed', () => this.#remove(client));
    this.events.emit('opened', member);
    this.#guarded(client, () => client.flush());
    this.#timer ??= this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  /** Whether a conversation is recorded has changed. */
  recordingChanged(room: ConversationId): void {
    for (const { id } of this.#members(room)) this.#owe(id, 'recording');
  }

  /** How much video a device gets has changed. */
  videosChanged(peer: PeerId): void {
    this.#owe(peer, 'congestion');
  }

  /** The connection ends: its client is told why where it cannot know, and nothing more. */
  end(peer: PeerId, reason: CloseReason): void {
    const client = this.#clients.get(peer);
    if (client === undefined) return;
    this.#guarded(client, () => client.sayBye(reason));
    this.#remove(client);
  }

  /** Stops telling anybody anything. Idempotent. */
  close(): void {
    for (const end of this.#subscriptions) end();
    for (const client of [...this.#clients.values()]) this.#remove(client);
    this.#timer?.cancel();
    this.#timer = null;
  }

  #subscribe(): readonly (() => void)[] {
    const { events } = this.#options.conversations;
    return [
      events.on('member-joined', (room, { id }) => {
        this.#places.set(id, room);
        this.#owe(id, ...EVERYTHING);
      }),
      events.on('member-left', (_, { id }) => {
        this.#places.delete(id);
        this.#owe(id, ...EVERYTHING);
      }),
      events.on('roster', (room) => this.#rosterChanged(room)),
      events.on('heard', (_, { id }) => this.#owe(id, 'slots')),
      events.on('speakers', (room) => {
        this.#speakers.delete(room);
        for (const { id } of this.#members(room)) this.#owe(id, 'speakers');
      }),
      events.on('closed', (room) => {
        this.#rosters.delete(room);
        this.#speakers.delete(room);
      }),
    ];
  }

  /** To say what is said already changes nothing. */
  #mute(peer: PeerId, kinds: readonly MediaKind[]): void {
    if ((this.#muted.get(peer) ?? []).join() === kinds.join()) return;
    if (kinds.length === 0) this.#muted.delete(peer);
    else this.#muted.set(peer, kinds);
    const room = this.#places.get(peer);
    if (room !== undefined) this.#rosterChanged(room);
  }

  #rosterChanged(room: ConversationId): void {
    this.#rosters.delete(room);
    for (const { id } of this.#members(room)) this.#owe(id, 'roster');
  }

  #members(room: ConversationId): readonly Member[] {
    return this.#options.conversations.membersOf(room);
  }

  #owe(peer: PeerId, ...topics: readonly Topic[]): void {
    this.#clients.get(peer)?.owe(...topics);
  }

  /** What is said to everybody in the place of a peer, from `written` where it is written already. */
  #shared(
    peer: PeerId,
    written: Map<ConversationId, Saying>,
    nowhere: Saying,
    write: (room: ConversationId) => Saying,
  ): Saying {
    const room = this.#places.get(peer);
    if (room === undefined) return nowhere;
    const saying = written.get(room) ?? write(room);
    written.set(room, saying);
    return saying;
  }

  #tick(): void {
    for (const client of [...this.#clients.values()]) this.#guarded(client, () => client.flush());
    this.#timer = this.#clients.size === 0 ? null : this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  /** Nothing is done for a client that is gone. */
  #guarded(client: Client, act: () => void): void {
    if (this.#clients.get(client.member.id) !== client) return;
    try {
      act();
    } catch (error) {
      this.#options.onError(error);
      this.#remove(client);
    }
  }

  /** Does nothing the second time, nor where the device has a newer channel. */
  #remove(client: Client): void {
    const { id } = client.member;
    if (this.#clients.get(id) !== client) return;
    this.#clients.delete(id);
    this.#mute(id, []);
    this.events.emit('closed', client.member, client.report);
  }
}
