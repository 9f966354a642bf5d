import { jest } from '@jest/globals';
import { slots, type Section } from '../support/browser/client.ts';
import { ESTABLISHED, inEachBrowser, sectionsOf, valuesOf } from '../support/conformance/browsers.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(120_000);

const MAX_SLOTS = 6;

inEachBrowser(
  (lab) => {
    const DIRECTIONS: Section[] = [
      { kind: 'audio', direction: 'sendrecv' },
      { kind: 'video', direction: 'sendonly' },
      { kind: 'audio', direction: 'recvonly' },
      { kind: 'video', direction: 'recvonly' },
      { kind: 'audio', direction: 'inactive' },
    ];

    test('P-20 each section is answered in its place, with the opposite direction', async () => {
      const ann = await lab().client('ann');
      expect(await ann.connect({ sections: DIRECTIONS, channel: 'events' })).toEqual(ESTABLISHED);
      const [offered, answered] = [sectionsOf(await ann.offer()), sectionsOf(await ann.answer())];
      const kinds = (sections: string[][]): string[] => sections.map(([line = '']) => line.split(' ')[0] ?? '');
      expect(kinds(answered)).toEqual(kinds(offered));
      expect(answered.map((lines) => valuesOf(lines, 'mid'))).toEqual(offered.map((lines) => valuesOf(lines, 'mid')));
      const directions = answered.map((lines) => lines.filter((line) => /^a=(?:send|recv|inactive)/.test(line)));
      expect(directions).toEqual([['a=sendrecv'], ['a=recvonly'], ['a=sendonly'], ['a=sendonly'], ['a=inactive'], []]);
      expect((await ann.stats()).sections.map(({ direction }) => direction)).toEqual(
        DIRECTIONS.map(({ direction }) => direction),
      );
    });

    test.each(['balanced', 'max-compat', 'max-bundle'])(
      'P-21 all sections are one BUNDLE group with one transport, however the client bundles: %s',
      async (bundlePolicy) => {
        const ann = await lab().client('ann');
        expect(await ann.connect({ sections: slots(2, 2), bundlePolicy })).toEqual(ESTABLISHED);
        const answer = await ann.answer();
        const mids = sectionsOf(answer).flatMap((lines) => valuesOf(lines, 'mid'));
        expect(answer).toContain(`\r\na=group:BUNDLE ${mids.join(' ')}\r\n`);
        expect(answer).not.toMatch(/^m=\w+ 0 /m);
        await ann.answeredAs(slots(2, 2));
      },
    );

    test('P-22 a section with no codec of the deployment is answered inactive; the others work', async () => {
      const sections: Section[] = [...slots(1, 1), { kind: 'video', direction: 'recvonly', codec: 'vp9' }];
      const [ann, ben] = [await lab().client('ann'), await lab().client('ben')];
      for (const client of [ann, ben]) {
        expect(await client.connect({ sections })).toEqual(ESTABLISHED);
        expect(await client.join('no-codec')).toBe(200);
      }
      expect((await ann.stats()).sections.map(({ direction }) => direction)).toEqual([
        'sendrecv',
        'sendrecv',
        'inactive',
      ]);
      await ann.receiving('video', 1, 40);
    });

    test('P-23 sections with a slot beyond MAX_SLOTS are answered inactive', async () => {
      const ann = await lab().client('ann');
      expect(await ann.connect({ sections: slots(4, 4) })).toEqual(ESTABLISHED);
      const { sections } = await ann.stats();
      expect(sections.map(({ direction }) => direction)).toEqual(
        slots(4, 4).map(({ direction }, index) => (index < MAX_SLOTS ? direction : 'inactive')),
      );
    });

    test('P-24 an offer with only a data channel is a member without tracks', async () => {
      const ann = await lab().client('ann');
      expect(await ann.connect({ sections: [], channel: 'events' })).toEqual(ESTABLISHED);
      await eventually('the channel is open', async () => ((await ann.channel()).state === 'open' ? true : null));
    });

    test('P-25 a client that publishes nothing is a member that only listens', async () => {
      const sections: Section[] = [
        { kind: 'audio', direction: 'recvonly' },
        { kind: 'video', direction: 'recvonly' },
      ];
      const [ann, ben] = [await lab().client('ann'), await lab().client('ben')];
      expect(await ann.connect({ sections })).toEqual(ESTABLISHED);
      expect(await ben.connect({ sections: slots(1, 1) })).toEqual(ESTABLISHED);
      for (const client of [ann, ben]) expect(await client.join('listens')).toBe(200);
      await Promise.all([ann.receiving('audio', 1), ann.receiving('video', 1, 40)]);
    });

    test('P-26 of simulcast one layer is taken, and the answer names none', async () => {
      const sections: Section[] = [{ kind: 'video', direction: 'sendonly', layers: 2 }];
      const [ann, ben] = [await lab().client('ann'), await lab().client('ben')];
      expect(await ann.connect({ sections })).toEqual(ESTABLISHED);
      expect(await ann.offer()).toMatch(/^a=simulcast:send /m);
      expect(await ann.answer()).not.toMatch(/^a=(?:simulcast|rid):/m);
      expect(await ben.connect({ sections: [{ kind: 'video', direction: 'recvonly' }] })).toEqual(ESTABLISHED);
      for (const client of [ann, ben]) expect(await client.join('layers')).toBe(200);
      await ben.receiving('video', 1, 40);
    });
  },
  { MAX_SLOTS: String(MAX_SLOTS) },
);
