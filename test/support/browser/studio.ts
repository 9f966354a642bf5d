import { readFileSync } from 'node:fs';
import type { MediaPeer, Slot, Track } from '../../../src/media/types.ts';
import type { MediaRoom } from '../media-room.ts';
import type { Browser, Tab } from './tab.ts';

const SCRIPT = readFileSync(new URL('../page/studio.js', import.meta.url), 'utf8');

export type Colour = 'red' | 'lime' | 'blue';

export interface Frame {
  /** Milliseconds on the clock of the page. */
  readonly at: number;
  readonly colour: Colour | 'black' | 'other';
}

/** A tab with one video section, connected straight to a media room. */
export class Studio {
  readonly tab: Tab;
  readonly peer: MediaPeer;

  private constructor(tab: Tab, peer: MediaPeer) {
    this.tab = tab;
    this.peer = peer;
  }

  /** `role`: a call of `studio` in the page that resolves with an offer. */
  static async enter(room: MediaRoom, browser: Browser, role: `publish('${Colour}')` | 'view()'): Promise<Studio> {
    const tab = await browser.newTab();
    await tab.open(room.url);
    await tab.evaluate(SCRIPT);
    const { peer, answer } = await room.admit((await tab.evaluate(`studio.${role}`)) as string);
    const connected = new Promise<void>((resolve) => peer.events.on('connected', resolve));
    await tab.evaluate(`studio.accept(${JSON.stringify(answer)})`);
    await connected;
    return new Studio(tab, peer);
  }

  get track(): Track {
    const [track] = this.peer.tracks;
    if (track === undefined) throw new Error('it publishes nothing');
    return track;
  }

  get slot(): Slot {
    const [slot] = this.peer.slots;
    if (slot === undefined) throw new Error('it views nothing');
    return slot;
  }

  /** Resolves when the last `count` frames presented were of this colour. */
  async shows(colour: Colour, count = 1): Promise<void> {
    await this.tab.evaluate(`studio.shows('${colour}', ${count})`);
  }

  async takeFrames(): Promise<readonly Frame[]> {
    return (await this.tab.evaluate('studio.takeFrames()')) as Frame[];
  }

  async received(): Promise<unknown> {
    return this.tab.evaluate('studio.received()');
  }

  async keyFramesSent(): Promise<number> {
    return (await this.tab.evaluate('studio.keyFramesSent()')) as number;
  }
}
