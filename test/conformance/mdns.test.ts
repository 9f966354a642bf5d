import { jest } from '@jest/globals';
import { launchChromium } from '../support/browser/chromium.ts';
import type { Section } from '../support/browser/client.ts';
import { launchFirefox } from '../support/browser/firefox.ts';
import { ESTABLISHED, sectionsOf, valuesOf } from '../support/conformance/browsers.ts';
import { Stage } from '../support/browser/stage.ts';
import { ownAddresses } from '../../demo/service.mjs';

jest.setTimeout(120_000);

const LISTENS: readonly Section[] = [
  { kind: 'audio', direction: 'recvonly' },
  { kind: 'video', direction: 'recvonly' },
];

describe.each([
  { name: 'Chromium', launch: () => launchChromium({ isAllowed: false }) },
  { name: 'Firefox', launch: launchFirefox },
])('$name', ({ launch }) => {
  test('P-14 a page without permission for a microphone, whose addresses are mDNS names, connects and hears', async () => {
    const stage = await Stage.start({ ICE_ADDRESSES: ownAddresses().join(',') });
    const browser = await launch();
    try {
      const [ann, ben] = [await stage.client('ann', { browser }), await stage.client('ben')];
      expect(await ann.connect({ sections: LISTENS })).toEqual(ESTABLISHED);
      const hosts = sectionsOf(await ann.offer())
        .flatMap((lines) => valuesOf(lines, 'candidate'))
        .filter((value) => value.includes(' typ host'))
        .map((value) => value.split(' ')[4]);
      expect(hosts.length).toBeGreaterThan(0);
      expect(hosts.filter((host) => !/^[0-9a-f-]{36}\.local$/.test(host ?? ''))).toEqual([]);

      expect(await ben.connect({ sections: LISTENS.map(({ kind }) => ({ kind, direction: 'sendonly' })) })).toEqual(
        ESTABLISHED,
      );
      for (const client of [ann, ben]) expect(await client.join('hidden')).toBe(200);
      await Promise.all([ann.receiving('audio', 1), ann.receiving('video', 1, 40)]);
    } finally {
      await stage.clear();
      await browser.close();
      await stage.close();
    }
  });
});
