import { readFileSync } from 'node:fs';
import type { Chromium } from './chromium.ts';
import type { Browser, Tab } from './tab.ts';
import { eventually } from '../eventually.ts';

const SCRIPT = readFileSync(new URL('../page/call.js', import.meta.url), 'utf8');

/** Few pixels, few frames: the machine encodes and decodes for everybody. */
export const SMALL = { width: 160, height: 90, frameRate: 10 };

/** A participant as the page sees him, and what his player has played. */
export interface Person {
  readonly id: string;
  readonly userid: string | null;
  readonly clientid: string | null;
  readonly csrc: number | null;
  readonly self: boolean;
  readonly speaking: boolean;
  readonly muted: boolean;
  readonly kinds: readonly string[];
  readonly playing: readonly string[];
  readonly pinned: boolean;
  readonly quality: string | null;
  /** Id of the MediaStream, and the kinds of its tracks. */
  readonly stream: string;
  readonly tracks: readonly string[];
  readonly isPlayed: boolean;
  /** Seconds, and frames, that the player has shown. */
  readonly time: number | null;
  readonly frames: number | null;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly remedy: string;
  readonly retryAfter: number | null;
  readonly detail: string;
}

export interface Flow {
  readonly bitrate: number;
  readonly loss: number | null;
}

export interface Look {
  readonly state: {
    readonly state: string;
    readonly why?: string;
    readonly attempt?: number;
    readonly error?: Failure;
  };
  readonly people: readonly Person[];
  readonly conversation: string | null;
  readonly recording: boolean;
  readonly muted: boolean;
  readonly stats: {
    readonly rtt: number | null;
    readonly quality: string;
    readonly sent: Flow;
    readonly received: Flow;
    readonly tracks: readonly (Flow & { readonly kind: string; readonly level: number | null })[];
    readonly slots: readonly (Flow & { readonly kind: string; readonly participant: string | null })[];
  } | null;
  /** ms, of the clock of the machine. */
  readonly now: number;
}

export interface Told {
  readonly name: string;
  readonly at: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A tab that uses the client library. */
export class CallPage {
  static readonly #open: CallPage[] = [];
  readonly tab: Tab;

  private constructor(tab: Tab) {
    this.tab = tab;
  }

  /** Ends the calls and tabs of a test, however it went. */
  static async closeAll(): Promise<void> {
    for (const { tab } of CallPage.#open.splice(0)) {
      await tab.evaluate('page.call?.close()');
      await tab.close();
    }
  }

  /** Two people in one conversation, with small pictures. */
  static async pair(
    browser: Browser,
    url: string,
    slots = { audio: 1, video: 1 },
  ): Promise<[ann: CallPage, ben: CallPage]> {
    const [ann, ben] = [await CallPage.open(browser, url), await CallPage.open(browser, url)];
    for (const [page, token] of [
      [ann, 'ann'],
      [ben, 'ben'],
    ] as const) {
      const failure =
        (await page.connect({ token, audio: true, video: SMALL, slots })) ?? (await page.do('join', `'lobby'`));
      if (failure !== null) throw new Error(`${token}: ${failure.code} ${failure.detail}`);
    }
    await Promise.all([ann.plays('ben', 'frames'), ben.plays('ann', 'frames')]);
    return [ann, ben];
  }

  static async open(browser: Browser, url: string): Promise<CallPage> {
    const tab = await browser.newTab();
    await tab.open(`${url}/empty`);
    return CallPage.#in(tab);
  }

  /** Many, each in a frame of its own of one tab. */
  static async openAll(browser: Chromium, url: string, names: readonly string[]): Promise<CallPage[]> {
    const tab = await browser.newTab();
    await tab.open(`${url}/empty`);
    const pages: CallPage[] = [];
    for (const name of names) pages.push(await CallPage.#in(await tab.addFrame(name, `${url}/empty`)));
    return pages;
  }

  static async #in(tab: Tab): Promise<CallPage> {
    // What a script ends with is its value, and that of this one is nothing to send.
    await tab.evaluate(`${SCRIPT}\nnull`);
    const page = new CallPage(tab);
    CallPage.#open.push(page);
    return page;
  }

  /** @param options JSON, or an expression in the page */
  async connect(options: object | string): Promise<Failure | null> {
    const expression = typeof options === 'string' ? options : JSON.stringify(options);
    return (await this.tab.evaluate(`page.connect(${expression})`)) as Failure | null;
  }

  /** Calls a method of the call. @param args an expression in the page */
  async do(method: string, args = ''): Promise<Failure | null> {
    return (await this.tab.evaluate(`page.do('${method}'${args === '' ? '' : `, ${args}`})`)) as Failure | null;
  }

  async look(): Promise<Look> {
    return (await this.tab.evaluate('page.look()')) as Look;
  }

  async person(userid: string): Promise<Person | null> {
    return (await this.look()).people.find((each) => each.userid === userid) ?? null;
  }

  /** Resolves with somebody when he is as is asked for. */
  async sees(userid: string, what: string, is: (person: Person) => boolean, seconds?: number): Promise<Person> {
    const ask = async (): Promise<Person | null> => {
      const person = await this.person(userid);
      return person !== null && is(person) ? person : null;
    };
    return eventually(`${userid} ${what}`, ask, seconds);
  }

  /** Resolves when the player of somebody goes on, with sound or with pictures. */
  async plays(userid: string, what: 'time' | 'frames', seconds?: number): Promise<void> {
    let first: number | null = null;
    await this.sees(
      userid,
      `is played: ${what}`,
      (person) => {
        const now = person[what] ?? 0;
        first ??= now;
        return now > first;
      },
      seconds,
    );
  }

  /** Resolves with the time at which a frame of somebody was shown after `at`, ms of the clock of the machine. */
  async frameAfter(userid: string, at: number, seconds = 30): Promise<number> {
    const ask = async (): Promise<number | null> =>
      (await this.tab.evaluate(`page.frameAfter('${userid}', ${at})`)) as number | null;
    return eventually(`a picture of ${userid} after a while`, ask, seconds);
  }

  /**
   * Begins to listen to somebody. The returned function resolves with the time at which sound that he has sent was played after
   * `at`, to a tenth of a second; to be asked once.
   */
  async listenTo(userid: string): Promise<(at: number, seconds: number) => Promise<number>> {
    await this.tab.evaluate(`page.listenTo('${userid}')`);
    return (at, seconds) => {
      const ask = async (): Promise<number | null> =>
        (await this.tab.evaluate(`page.soundAfter(${at})`)) as number | null;
      return eventually(`sound of ${userid} after a while`, ask, seconds);
    };
  }

  async told(name: string): Promise<readonly Told[]> {
    return (await this.tab.evaluate(`page.log.filter((each) => each.name === '${name}')`)) as readonly Told[];
  }
}
