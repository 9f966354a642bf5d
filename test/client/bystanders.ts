import { OTHERS } from '../bad-networks/rows.ts';
import { BrowserClient, slots } from '../support/browser/client.ts';
import { expectWithin, measure, playing } from '../support/browser/received.ts';
import type { NetworkStage } from '../support/network/browser-stage.ts';

/** Everybody in the conversation, those behind the router too. */
const SECTIONS = slots(3, 3);

/** From here on it is the processors, and not the network, that a page has sound made up for: it is told, and not judged. */
const QUIET = 0.25;

/** Two in the conversation whom a fault does not concern: they are beside the service. */
export class Bystanders {
  readonly #clients: readonly [BrowserClient, BrowserClient];

  private constructor(clients: readonly [BrowserClient, BrowserClient]) {
    this.#clients = clients;
  }

  static async join(stage: NetworkStage, conversation: string): Promise<Bystanders> {
    const { chromium, url } = await stage.near();
    const joined = async (userid: string): Promise<BrowserClient> => {
      const client = new BrowserClient(await chromium.newTab(), url, userid);
      await client.open('/empty');
      await client.connect({ sections: SECTIONS, channel: 'events' });
      expect(await client.joinByPage(conversation)).toBe(200);
      return client;
    };
    return new Bystanders([await joined('cid'), await joined('dan')]);
  }

  /**
   * From now on; the returned function fails where one lost anything of the other since then, and tells what they got. It is
   * given which part of the processors others had, 0 to 1.
   */
  async watch(): Promise<(load: number) => Promise<string>> {
    const [cid, dan] = this.#clients;
    await Promise.all(this.#clients.flatMap((each) => [each.receiving('audio', 3), each.receiving('video', 3)]));
    const measured = [
      await measure(cid, await playing(cid, dan)),
      await measure(dan, await playing(dan, cid)),
    ] as const;
    return async (load) => {
      const got = await Promise.all([measured[0](), measured[1]()]);
      for (const each of got) {
        expect(each.frames).toBeGreaterThan(0);
        expectWithin(each, load < QUIET ? OTHERS : { ...OTHERS, concealed: 1, pauseMs: Infinity });
      }
      return `the others: ${JSON.stringify(got)}`;
    };
  }

  /** They see each other, and everybody else again. */
  async seeAll(): Promise<void> {
    await Promise.all(this.#clients.flatMap((each) => [each.receiving('audio', 3), each.receiving('video', 3)]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map(({ tab }) => tab.close()));
  }
}
