import { readFileSync } from 'node:fs';
import { eventually } from '../eventually.ts';
import type { Chromium, FramedTab } from './chromium.ts';
import type { Tab } from './tab.ts';

const SCRIPT = readFileSync(new URL('../page/actor.js', import.meta.url), 'utf8');

/** The first of them are in the window; none needs to be painted to be looked at. */
const VIEWPORT = { width: 420, height: 400 };

/** Names of those who are here to their numbers. */
export type Cast = Readonly<Record<string, number>>;

/** What a tile says of somebody, and by the pattern of the picture whose it is. */
export interface TileLook {
  readonly name: string;
  readonly isSpeaking: boolean;
  readonly isHeard: boolean;
  readonly isSeen: boolean;
  readonly picture: number | null;
}

/** Somebody on the conference page, with a voice and a picture that are told apart from everybody else's. */
export class ActorPage {
  readonly name: string;
  readonly number: number;
  readonly #tab: Tab;

  private constructor(tab: Tab, name: string, number: number) {
    this.#tab = tab;
    this.name = name;
    this.number = number;
  }

  /** Where they all are. */
  static async stage(browser: Chromium, url: string): Promise<FramedTab> {
    const before = `globalThis.actorNumber = Number(window.name);\n${SCRIPT}`;
    const tab = await browser.newTab({ before, viewport: VIEWPORT });
    await tab.open(`${url}/empty`);
    return tab;
  }

  /** Goes through the lobby, into the conversation. */
  static async enter(
    stage: FramedTab,
    url: string,
    name: string,
    cast: Cast,
    slots: { readonly audio: number; readonly video: number },
  ): Promise<ActorPage> {
    const number = cast[name] ?? 0;
    const tab = await stage.addFrame(String(number), `${url}/?conversation=theatre`);
    const page = new ActorPage(tab, name, number);
    await page.#has(
      'a voice and a picture',
      'body:has(#try-microphone[data-on="true"]):has(#try-camera[data-on="true"])',
    );
    const fields = { name, voices: slots.audio, pictures: slots.video };
    await tab.evaluate(`for (const [id, value] of Object.entries(${JSON.stringify(fields)}))
      document.getElementById(id).value = value`);
    await page.#join();
    await tab.evaluate(`actor.watch(${JSON.stringify(cast)})`);
    return page;
  }

  async speak(on: boolean): Promise<void> {
    await this.#tab.evaluate(`actor.speak(${on})`);
  }

  async tiles(): Promise<readonly TileLook[]> {
    return (await this.#tab.evaluate('actor.tiles()')) as TileLook[];
  }

  /** The names in the list of who is here, and on the tiles, each in order of the alphabet. */
  async names(): Promise<{ readonly listed: readonly string[]; readonly tiles: readonly string[] }> {
    const listed = (await this.#tab.evaluate(
      `[...document.querySelectorAll('#members .name')].map(({ textContent }) => textContent.replace(' (you)', ''))`,
    )) as string[];
    return { listed: listed.sort(), tiles: (await this.tiles()).map(({ name }) => name).sort() };
  }

  /** The number of whose voice is in the tile of somebody. */
  async heardIn(name: string): Promise<number | null> {
    return (await this.#tab.evaluate(`actor.heard(${JSON.stringify(name)})`)) as number | null;
  }

  /** What was ever shown under the name of somebody else. */
  async wrongPictures(): Promise<unknown> {
    return this.#tab.evaluate('actor.wrong');
  }

  async leave(): Promise<void> {
    await this.#tab.evaluate(`document.getElementById('leave').click()`);
    await this.#has('left', '#lobby:not([hidden])');
  }

  async close(): Promise<void> {
    await this.#tab.close();
  }

  /** A browser with a dozen pages may be too slow for a connection in time: then he does as one does, and tries again. */
  async #join(): Promise<void> {
    const join = `document.getElementById('join')`;
    const ask = async (): Promise<true | null> => {
      if (await this.#tab.evaluate(`document.querySelector('#call:not([hidden]) .tile.own') !== null`)) return true;
      await this.#tab.evaluate(`${join}.disabled || ${join}.click()`);
      return null;
    };
    await eventually(`${this.name} has come in`, ask, 60);
  }

  async #has(what: string, selector: string): Promise<void> {
    const count = `document.querySelectorAll(${JSON.stringify(selector)}).length`;
    await eventually(`${this.name} has ${what}`, async () => (await this.#tab.evaluate(count)) || null, 60);
  }
}
