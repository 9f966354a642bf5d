import type { CloseReason } from '../base/close-reason.ts';
import type { Csrc } from '../base/ids.ts';
import type { Member, PinTarget } from '../conversation/types.ts';
import type { MediaChannel, Slot } from '../media/types.ts';
import type { MediaKind } from '../sdp/types.ts';
import { fullBucket, take } from './bucket.ts';
import { bye, congestion, PING, recording, refusal, welcome, type Saying } from './messages.ts';
import { blocked, dropped, intervalOf, nextTopic, openOutbox, owe, said, type Topic } from './outbox.ts';
import { readMessage, refused, type Refused } from './select.ts';
import type { ChannelReport } from './types.ts';

/** The state as one client is told it; asked for at the time of saying. */
export interface View {
  roster(member: Member): Saying;
  slots(member: Member): Saying;
  speakers(member: Member): Saying;
  recording(member: Member): Saying;
  congestion(member: Member): Saying;
}

export interface ClientOptions {
  readonly member: Member;
  readonly channel: MediaChannel;
  readonly view: View;
  readonly now: () => number;
  /** See `Conversations`. */
  readonly pin: (slot: Slot, target: PinTarget | null) => boolean;
  /** What of the member's is off from now on. */
  readonly mute: (kinds: readonly MediaKind[]) => void;
}

/** The other side of one `events` channel: what it was told, what it is owed, and how much it may still say. */
export class Client {
  readonly member: Member;
  readonly #options: ClientOptions;
  /** The last words about each topic, so that nothing is said twice. */
  readonly #told = new Map<Topic, readonly string[]>([
    ['recording', recording(false).texts],
    ['congestion', congestion(null).texts],
  ]);
  /** The devices in the roster that it was told. */
  #known: ReadonlySet<Csrc> = new Set();
  #outbox;
  #bucket;
  #ignored = 0;
  #limited = 0;

  constructor(options: ClientOptions) {
    this.member = options.member;
    this.#options = options;
    this.#outbox = openOutbox(options.now());
    this.#bucket = fullBucket(options.now());
  }

  get report(): ChannelReport {
    return { ignored: this.#ignored, limited: this.#limited };
  }

  owe(...topics: readonly Topic[]): void {
    this.#outbox = owe(this.#outbox, ...topics);
  }

  /** Says everything that is due. */
  flush(): void {
    const now = this.#options.now();
    for (;;) {
      const topic = nextTopic(this.#outbox, now, (each) => this.#canSay(each));
      if (topic === null) return;
      this.#say(topic, now);
    }
  }

  /** Takes a message of the client. */
  receive(text: string): void {
    const bucket = take(this.#bucket, this.#options.now());
    if (bucket === null) {
      this.#limited += 1;
      return;
    }
    this.#bucket = bucket;
    const message = readMessage(text, this.member);
    switch (message.kind) {
      case 'select':
        if (!this.#options.pin(message.slot, message.target)) this.#refuse(refused('select-conversation'));
        return;
      case 'mute':
        this.#options.mute(message.kinds);
        return;
      case 'refused':
        this.#refuse(message);
        return;
      case 'ignored':
        this.#ignored += 1;
        return;
      default:
        message satisfies never;
    }
  }

  /** The last message, where there is one. */
  sayBye(reason: CloseReason): void {
    const text = bye(reason);
    if (text !== null) this.#options.channel.send(text);
  }

  /** One that reads nothing is not told; the bucket bounds the others. */
  #refuse({ code, detail }: Refused): void {
    if (this.#told.has('welcome')) this.#options.channel.send(refusal(code, detail));
  }

  #say(topic: Topic, now: number): void {
    const { texts, mentions } = this.#saying(topic);
    if (topic !== 'ping' && isSame(texts, this.#told.get(topic))) {
      this.#outbox = dropped(this.#outbox, topic);
      return;
    }
    if (!texts.every((text) => this.#options.channel.send(text))) {
      // Some of it may have gone out: what the client knows now is neither the old nor the new.
      this.#told.delete(topic);
      this.#outbox = blocked(this.#outbox, now);
      return;
    }
    this.#told.set(topic, texts);
    if (topic === 'roster') this.#known = mentions;
    const members = this.#known.size;
    this.#outbox = said(this.#outbox, topic, now, intervalOf(topic, members));
  }

  #canSay(topic: Topic): boolean {
    if (topic === 'welcome') return true;
    if (!this.#told.has('welcome')) return false;
    if (topic === 'roster' || topic === 'ping') return true;
    return [...this.#saying(topic).mentions].every((csrc) => this.#known.has(csrc));
  }

  #saying(topic: Topic): Saying {
    const { view } = this.#options;
    switch (topic) {
      case 'welcome':
        return { texts: [welcome(this.member)], mentions: NOBODY };
      case 'roster':
        return view.roster(this.member);
      case 'slots':
        return view.slots(this.member);
      case 'speakers':
        return view.speakers(this.member);
      case 'recording':
        return view.recording(this.member);
      case 'congestion':
        return view.congestion(this.member);
      case 'ping':
        return { texts: [PING], mentions: NOBODY };
      default:
        return topic satisfies never;
    }
  }
}

const NOBODY: ReadonlySet<Csrc> = new Set();

const isSame = (texts: readonly string[], before: readonly string[] | undefined): boolean =>
  texts.length === before?.length && texts.every((text, index) => text === before[index]);
