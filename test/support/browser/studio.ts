import { readFileSync } from 'node:fs';
import type { MediaPeer, Slot, Track } from '../../../src/media/types.ts';
import type { MediaKind } from '../../../src/sdp/types.ts';
import type { MediaRoom } from '../media-room.ts';
import { throughRelay, withoutCandidates, type Relay, type VideoTypes, type Ways } from '../relay.ts';
import type { Browser, Tab } from './tab.ts';

const SCRIPT = readFileSync(new URL('../page/studio.js', import.meta.url), 'utf8');

export type Colour = 'red' | 'lime' | 'blue';

export interface Frame {
  /** Milliseconds on the clock of the page. */
  readonly at: number;
  readonly colour: Colour | 'black' | 'other';
}

/** Counters of a viewer. */
export interface Received {
  readonly video: {
    readonly packets: number;
    readonly lost: number;
    readonly framesDecoded: number;
    readonly framesDropped: number;
    readonly pliCount: number;
  };
  readonly audio: { readonly packets: number; readonly lost: number; readonly energy: number };
}

/** Counters of a publisher. */
export interface Sent {
  readonly video: { readonly ssrc: number; readonly keyFramesEncoded: number };
  readonly audio: { readonly ssrc: number; readonly packets: number };
}

/** A call of `studio` in the page that resolves with an offer. */
export type Role = `publish('${Colour}')` | `publish('${Colour}', { ${'noise' | 'dtx' | 'idle'}: true })` | 'view()';

/** A tab with one video and one audio section, connected straight to a media room. */
export class Studio {
  readonly tab: Tab;
  readonly peer: MediaPeer;

  private constructor(tab: Tab, peer: MediaPeer) {
    this.tab = tab;
    this.peer = peer;
  }

  static async enter(room: MediaRoom, browser: Browser, role: Role): Promise<Studio> {
    const tab = await Studio.#tab(room, browser);
    const { peer, answer } = await room.admit(await Studio.#offer(tab, role));
    return Studio.#accept(tab, peer, answer);
  }

  /** The same, with a relay between the tab and the room. */
  static async enterVia(
    waysOf: (types: VideoTypes) => Ways,
    ...[room, browser, role]: [MediaRoom, Browser, Role]
  ): Promise<{ studio: Studio; relay: Relay }> {
    const tab = await Studio.#tab(room, browser);
    const admission = await room.admit(withoutCandidates(await Studio.#offer(tab, role)));
    const { relay, answer } = await throughRelay(admission.answer, waysOf);
    return { studio: await Studio.#accept(tab, admission.peer, answer), relay };
  }

  static async #tab(room: MediaRoom, browser: Browser): Promise<Tab> {
    const tab = await browser.newTab();
    await tab.open(room.url);
    await tab.evaluate(SCRIPT);
    return tab;
  }

  static async #offer(tab: Tab, role: Role): Promise<string> {
    return (await tab.evaluate(`studio.${role}`)) as string;
  }

  static async #accept(tab: Tab, peer: MediaPeer, answer: string): Promise<Studio> {
    const connected = new Promise<void>((resolve) => peer.events.on('connected', resolve));
    await tab.evaluate(`studio.accept(${JSON.stringify(answer)})`);
    await connected;
    return new Studio(tab, peer);
  }

  /** Ends its connection on our side, and the tab. */
  async leave(): Promise<void> {
    await this.peer.close('gone');
    await this.tab.close();
  }

  track(kind: MediaKind = 'video'): Track {
    return one(this.peer.tracks, kind);
  }

  slot(kind: MediaKind = 'video'): Slot {
    return one(this.peer.slots, kind);
  }

  /** Resolves when the last `count` frames presented were of this colour. */
  async shows(colour: Colour | 'black', count = 1): Promise<void> {
    await this.tab.evaluate(`studio.shows('${colour}', ${count})`);
  }

  async takeFrames(): Promise<readonly Frame[]> {
    return (await this.tab.evaluate('studio.takeFrames()')) as Frame[];
  }

  async received(): Promise<Received> {
    return (await this.tab.evaluate('studio.received()')) as Received;
  }

  async sent(): Promise<Sent> {
    return (await this.tab.evaluate('studio.sent()')) as Sent;
  }

  /** Something a publisher does: a call of `studio` in the page. */
  async does(
    what:
      `speak(${boolean})` | `enable(${boolean})` | `replaceTracks('${Colour}')` | 'removeTracks()' | 'changeSsrcs()',
  ): Promise<void> {
    await this.tab.evaluate(`Promise.resolve(studio.${what}).then(() => null)`);
  }
}

function one<T extends { readonly kind: MediaKind }>(ends: readonly T[], kind: MediaKind): T {
  const found = ends.find((end) => end.kind === kind);
  if (found === undefined) throw new Error(`it has no ${kind} of this direction`);
  return found;
}
