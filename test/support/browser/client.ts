import { eventually } from '../eventually.ts';
import { throughRelay, type Relay, type VideoTypes, type Ways } from '../relay.ts';
import type { Tab } from './tab.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export interface Section {
  readonly kind: 'audio' | 'video';
  readonly direction: Direction;
  /** The one codec that is offered, in small letters; all of the browser where it is left out. */
  readonly codec?: string;
  /** Of simulcast; 1 where it is left out. */
  readonly layers?: number;
}

/** What the page reports of one m-line; counters from its start. */
export interface SectionStats {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly direction: Direction | null;
  /** How many streams `ontrack` came with. */
  readonly streams: number;
  readonly streamId: string | null;
  /** Of what is received; null before there was anything. */
  readonly ssrc: number | null;
  readonly packets: number;
  readonly lost: number;
  /** Of what is received, with its headers. */
  readonly bytes: number;
  readonly energy: number;
  /** Decoded; sent, in a section that only sends. */
  readonly frames: number;
  readonly sent: number;
  /** Of sound: what was played, and what of it was made up for what did not come. */
  readonly samples: number;
  readonly concealed: number;
  /** How often the receiver asked for a key frame (PLI). */
  readonly keyframesAsked: number;
  /** Packets that were sent again: by us where the section sends, to us otherwise. */
  readonly resent: number;
  /** The CSRCs of the last seconds: who plays in it. */
  readonly sources: readonly number[];
}

export interface ClientStats {
  readonly state: string;
  /** Of DTLS; null before there is any. */
  readonly transport: string | null;
  /** Milliseconds on the clock of the page. */
  readonly at: number;
  readonly sections: readonly SectionStats[];
}

export interface SocketEnd {
  readonly code: number | null;
  readonly reason: string;
}

export interface ConnectOptions {
  readonly sections: readonly Section[];
  readonly channel?: string;
  /** Of the pictures it sends, a second; 10 where it is left out. */
  readonly frameRate?: number;
  /** Something that takes many bits, in place of the browser's camera. */
  readonly busy?: boolean;
  readonly finish?: boolean;
  readonly candidates?: boolean | 'trickled';
  readonly without?: string;
  readonly bundlePolicy?: string;
}

/** `audio` and `video` slots, the first of each kind with a track of one's own. */
export const slots = (audio: number, video: number): Section[] => [
  ...sectionsOf('audio', audio),
  ...sectionsOf('video', video),
];

const sectionsOf = (kind: Section['kind'], count: number): Section[] =>
  Array.from({ length: count }, (_, index) => ({ kind, direction: index === 0 ? 'sendrecv' : 'recvonly' }));

/** One device of one user: a tab that talks to the service through the gateway. */
export class BrowserClient {
  readonly tab: Tab;
  readonly #base: string;
  readonly #query: string;

  constructor(tab: Tab, base: string, userid: string, device = '') {
    this.tab = tab;
    this.#base = base;
    this.#query = new URLSearchParams({ token: userid, device }).toString();
  }

  /** Opens a page of the gateway as this user. */
  open(path: string): Promise<void> {
    return this.tab.open(`${this.#base}${path}?${this.#query}`);
  }

  /** Resolves with how the socket ended, which is after establishment; null where `finish` is false. */
  connect(options: ConnectOptions): Promise<SocketEnd | null> {
    return this.#call('client.connect', { query: this.#query, ...options });
  }

  /** Connects through a relay: neither side learns the other's address. The answer's one candidate leads to the relay. */
  async connectVia(
    waysOf: (types: VideoTypes) => Ways,
    sections: readonly Section[],
    options: Pick<ConnectOptions, 'channel' | 'frameRate' | 'busy'> = {},
  ): Promise<Relay> {
    await this.connect({ ...options, sections, finish: false, candidates: false });
    const answer = await this.answer();
    const { relay, answer: changed } = await throughRelay(answer, waysOf);
    const end = await this.finish(changed);
    if (end.code !== 1000) throw new Error(`the connection ended with ${String(end.code)} ${end.reason}`);
    return relay;
  }

  /** The offer of the latest connection, as it was sent. */
  async offer(): Promise<string> {
    return (await this.tab.evaluate('client.offer()')) as string;
  }

  /** The answer that it got. */
  async answer(): Promise<string> {
    return (await this.tab.evaluate('client.answer()')) as string;
  }

  /** Goes on with a connection that `finish: false` left unfinished; resolves with how the socket ended. */
  finish(answer: string): Promise<SocketEnd> {
    return this.#call('client.finish', answer);
  }

  join(conversation: string): Promise<number> {
    return this.#ask('POST', conversation);
  }

  /** As `join`, by the page: where that is in another network than this process. */
  async joinByPage(conversation: string): Promise<number> {
    const asked = `fetch('${this.#pathTo(conversation)}', { method: 'POST' }).then(({ status }) => status)`;
    return (await this.tab.evaluate(asked)) as number;
  }

  leave(conversation: string): Promise<number> {
    return this.#ask('DELETE', conversation);
  }

  /** Of the page's latest connection, or of the one before (-2), ... */
  async stats(index = -1): Promise<ClientStats> {
    return (await this.tab.evaluate(`client.stats(${index})`)) as ClientStats;
  }

  /** The longest time that a picture of these streams, or of any, stood still since the last call, ms. */
  async takeLongestPause(streams: readonly string[] | null = null): Promise<number> {
    return this.#call('client.takeLongestPause', streams);
  }

  /** How the sockets of the page ended; `code` null while one is open. */
  async sockets(): Promise<readonly SocketEnd[]> {
    return (await this.tab.evaluate('sockets')) as SocketEnd[];
  }

  async channel(index = -1): Promise<{ state: string | null; messages: string[] }> {
    return (await this.tab.evaluate(`client.channel(${index})`)) as { state: string | null; messages: string[] };
  }

  /** Ends the peer connection as a page does that is left. */
  async disconnect(): Promise<void> {
    await this.tab.evaluate('client.close()');
  }

  async rounds(count: number, conversation: string, sections: readonly Section[]): Promise<string[]> {
    return this.#call('client.rounds', { count, conversation, sections, query: this.#query });
  }

  /** The sections, each as the offer wants it and with one stream; throws where one is not. */
  async answeredAs(offered: readonly Section[]): Promise<readonly SectionStats[]> {
    const { sections } = await this.stats();
    expect(sections.map(({ direction }) => direction)).toEqual(offered.map(({ direction }) => direction));
    expect(sections.map(({ streams }) => streams)).toEqual(offered.map(() => 1));
    return sections;
  }

  /** The sections in which the counter grows from now on, within the time that 25 packets or 5 frames need. */
  async receiving(kind: Section['kind'], expected: number, seconds = 20): Promise<readonly SectionStats[]> {
    const start = byMid(await this.stats());
    const least = kind === 'audio' ? 25 : 5;
    const counter = (one: SectionStats): number => (kind === 'audio' ? one.packets : one.frames);
    return eventually(
      `${expected} ${kind} sections receive`,
      async () => {
        const { sections } = await this.stats();
        const growing = sections.filter(
          (one) => one.kind === kind && counter(one) - (start.has(one.mid) ? counter(start.get(one.mid)!) : 0) >= least,
        );
        return growing.length === expected ? growing : null;
      },
      seconds,
    );
  }

  #pathTo(conversation: string): string {
    return `/join/${encodeURIComponent(conversation)}?${this.#query}`;
  }

  async #ask(method: string, conversation: string): Promise<number> {
    const response = await fetch(`${this.#base}${this.#pathTo(conversation)}`, { method });
    await response.text();
    return response.status;
  }

  async #call<T>(name: string, argument: unknown): Promise<T> {
    return (await this.tab.evaluate(`${name}(${JSON.stringify(argument)})`)) as T;
  }
}

const byMid = ({ sections }: ClientStats): Map<string, SectionStats> => new Map(sections.map((one) => [one.mid, one]));
