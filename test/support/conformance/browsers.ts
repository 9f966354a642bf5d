import { ownAddresses } from '../../../demo/service.mjs';
import type { ServerMessage } from '../../../src/channel/types.ts';
import { launchChromium } from '../browser/chromium.ts';
import type { BrowserClient } from '../browser/client.ts';
import { launchFirefox } from '../browser/firefox.ts';
import { Stage } from '../browser/stage.ts';
import type { Browser } from '../browser/tab.ts';
import { serverFaults } from '../events-schema.ts';
import { apply, NOTHING, type View } from '../events-view.ts';
import { eventually } from '../eventually.ts';

/** The names stand in docs/conformance.md as heads of columns, by scripts/lib/conformance.mjs. */
const BROWSERS: readonly { name: string; launch: () => Promise<Browser> }[] = [
  { name: 'Chromium', launch: launchChromium },
  { name: 'Firefox', launch: launchFirefox },
];

/** The service, a gateway, and the browser that is held against the profile. */
export interface Lab {
  readonly stage: Stage;
  readonly browser: Browser;
  client(userid: string, device?: string): Promise<BrowserClient>;
}

/** The same tests in each browser; each with a service of its own. */
export function inEachBrowser(tests: (lab: () => Lab) => void, env: Readonly<Record<string, string>> = {}): void {
  describe.each(BROWSERS)('$name', ({ launch }) => {
    let lab: Lab;
    beforeAll(async () => {
      // Firefox does not talk to a loopback address from any other address of its own.
      const stage = await Stage.start({ ICE_ADDRESSES: ownAddresses().join(','), ...env });
      const browser = await launch();
      const client = (userid: string, device = ''): Promise<BrowserClient> => stage.client(userid, { device, browser });
      lab = { stage, browser, client };
    });
    afterEach(() => lab.stage.clear());
    afterAll(async () => {
      await lab.browser.close();
      await lab.stage.close();
    });
    tests(() => lab);
  });
}

/** What every connection of this profile ends its socket with. */
export const ESTABLISHED = { code: 1000, reason: expect.any(String) as string };

/** The lines of each section of an SDP. */
export const sectionsOf = (sdp: string): string[][] =>
  sdp
    .split(/^m=/m)
    .slice(1)
    .map((text) => `m=${text}`.split('\r\n').filter((line) => line !== ''));

/** What stands behind `a=<name>:` in each such line. */
export const valuesOf = (lines: readonly string[], name: string): string[] =>
  lines.filter((line) => line.startsWith(`a=${name}:`)).map((line) => line.slice(name.length + 3));

export const opened = (client: BrowserClient): Promise<unknown> =>
  eventually('the events channel is open', async () => ((await client.channel()).state === 'open' ? true : null));

/** What the client was told so far, taken together; every message is held against the schema. */
export async function viewOf(client: BrowserClient, index = -1): Promise<View> {
  const messages = (await client.channel(index)).messages.map((text) => JSON.parse(text) as ServerMessage);
  for (const message of messages) expect(serverFaults(message)).toBeNull();
  return messages.reduce(apply, NOTHING);
}

/** Resolves with what the client was told, when that is as it is wanted. */
export const told = (client: BrowserClient, what: string, holds: (view: View) => boolean): Promise<View> =>
  eventually(what, async () => {
    const view = await viewOf(client);
    return holds(view) ? view : null;
  });
