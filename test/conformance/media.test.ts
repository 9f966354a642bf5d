import { jest } from '@jest/globals';
import { slots, type BrowserClient, type ConnectOptions, type SectionStats } from '../support/browser/client.ts';
import { ESTABLISHED, inEachBrowser, sectionsOf, told, valuesOf } from '../support/conformance/browsers.ts';
import { eventually } from '../support/eventually.ts';
import { Count, inTurn, Loss, PLAIN } from '../support/relay.ts';

jest.setTimeout(120_000);

/** Number and name of the codecs of a section, without their parameters. */
const codecsOf = (lines: readonly string[]): string[] => valuesOf(lines, 'rtpmap').map((value) => value.toLowerCase());

const idsOf = (lines: readonly string[]): string[] =>
  valuesOf(lines, 'extmap').map((value) => value.replace(/\/\w+ /, ' '));

inEachBrowser((lab) => {
  const connected = async (userid: string, options: Partial<ConnectOptions> = {}): Promise<BrowserClient> => {
    const client = await lab().client(userid);
    expect(await client.connect({ sections: slots(1, 1), ...options })).toEqual(ESTABLISHED);
    return client;
  };

  async function pair(room: string, options: Partial<ConnectOptions> = {}): Promise<[BrowserClient, BrowserClient]> {
    const clients = [await connected('ann', options), await connected('ben', options)] as [
      BrowserClient,
      BrowserClient,
    ];
    for (const client of clients) expect(await client.join(room)).toBe(200);
    return clients;
  }

  const playing = async (client: BrowserClient): Promise<SectionStats[]> => [
    ...(await client.receiving('audio', 1)),
    ...(await client.receiving('video', 1, 40)),
  ];

  test('P-30 sound is Opus, pictures are the codec of the deployment, each with the payload type that was offered', async () => {
    const ann = await connected('ann');
    const [offered, answered] = [sectionsOf(await ann.offer()), sectionsOf(await ann.answer())];
    for (const [index, wanted] of [/^\d+ opus\/48000\/2$/, /^\d+ vp8\/90000$/].entries()) {
      const [codec = '', ...helpers] = codecsOf(answered[index]!);
      expect(codec).toMatch(wanted);
      expect(helpers.every((helper) => /^\d+ rtx\/90000$/.test(helper))).toBe(true);
      for (const each of [codec, ...helpers]) expect(codecsOf(offered[index]!)).toContain(each);
    }
  });

  test('P-31 header extensions have the ids of the offer, and none is answered that was not offered', async () => {
    const ann = await connected('ann');
    const [offered, answered] = [sectionsOf(await ann.offer()), sectionsOf(await ann.answer())];
    for (const [index, lines] of answered.entries()) {
      expect(idsOf(lines)).not.toEqual([]);
      expect(idsOf(offered[index]!)).toEqual(expect.arrayContaining(idsOf(lines)));
      expect(idsOf(lines).join()).toContain('sdes:mid');
    }
  });

  test('P-32 a client that offers no header extension is heard and seen, and hears and sees', async () => {
    const [ann, ben] = await pair('no-extensions', { without: '^a=extmap' });
    expect(await ann.answer()).not.toContain('a=extmap');
    await Promise.all([playing(ann), playing(ben)]);
  });

  test('P-33 a slot has one SSRC for life, announced in the answer and not in the offer', async () => {
    const ann = await connected('ann', {
      sections: [...slots(1, 1).map(({ kind }) => ({ kind, direction: 'recvonly' as const }))],
    });
    const ben = await connected('ben');
    const cid = await connected('cid');
    expect(await ann.join('life')).toBe(200);
    const seen: (number | null)[][] = [];
    for (const talker of [ben, cid]) {
      expect(await talker.join('life')).toBe(200);
      seen.push((await playing(ann)).map(({ ssrc }) => ssrc));
      expect(await talker.leave('life')).toBe(204);
    }
    expect(seen[1]).toEqual(seen[0]);
    const ssrcs = sectionsOf(await ann.answer()).map((lines) => Number.parseInt(valuesOf(lines, 'ssrc')[0] ?? ''));
    expect(seen[0]).toEqual(ssrcs);
    for (const ssrc of ssrcs) expect(await ann.offer()).not.toContain(`a=ssrc:${ssrc} `);
  });

  test('P-34 a switch of talkers leaves no hole in the sequence numbers and needs no click', async () => {
    const [ann, ben] = await pair('switches');
    await playing(ann);
    const cid = await connected('cid');
    expect(await cid.join('switches')).toBe(200);
    expect(await ben.leave('switches')).toBe(204);
    const after = await playing(ann);
    expect(after.map(({ lost }) => lost)).toEqual([0, 0]);
  });

  test('P-35 each slot is one track in one stream; sound and picture of one index share it', async () => {
    const ann = await connected('ann', { sections: slots(2, 2) });
    const [a0, a1, v0, v1] = await ann.answeredAs(slots(2, 2));
    expect(a0!.streamId).not.toBe(a1!.streamId);
    expect([v0!.streamId, v1!.streamId]).toEqual([a0!.streamId, a1!.streamId]);
    for (const lines of sectionsOf(await ann.answer())) {
      const [msid] = valuesOf(lines, 'msid');
      const named = valuesOf(lines, 'ssrc').filter((value) => value.includes(' msid:'));
      expect(named.map((value) => value.replace(/^\d+ msid:/, ''))).toEqual(named.map(() => msid));
      expect(named.length).toBeGreaterThan(0);
    }
  });

  test('P-36 each packet names its talker: the CSRC is that of the roster', async () => {
    const [ann] = await pair('names', { channel: 'events' });
    await playing(ann);
    const { members } = await told(ann, 'two members', (view) => view.members.length === 2);
    const { csrc } = members.find(({ userid }) => userid === 'ben')!;
    await eventually('the CSRC of Ben in both slots', async () => {
      const { sections } = await ann.stats();
      return sections.every(({ sources }) => sources.length === 1 && sources[0] === csrc) ? true : null;
    });
  });

  test('P-37 sound that is sent is heard', async () => {
    const [ann, ben] = await pair('heard');
    for (const client of [ann, ben]) {
      await eventually('it is no silence', async () =>
        (await client.stats()).sections[0]!.energy > 1e-4 ? true : null,
      );
    }
  });

  test('P-38 who comes late sees the picture from a key frame on, without waiting for one', async () => {
    const [ann] = await pair('late', { sections: slots(1, 2) });
    await ann.receiving('video', 1, 40);
    const cid = await connected('cid', { sections: slots(1, 2) });
    expect(await cid.join('late')).toBe(200);
    await cid.receiving('video', 2, 40);
  });

  test('P-39 pictures that are lost on the way to the client are sent again, by RTX', async () => {
    const [ann, ben] = [await connected('ann'), await lab().client('ben')];
    // The relay sees them: Firefox does not count what it got again.
    const seen: { loss: Loss; again: Count }[] = [];
    const relay = await ben.connectVia(
      ({ video, retransmitted }) => {
        const [loss, again] = [new Loss(video, 0.06), new Count(retransmitted)];
        seen.push({ loss, again });
        return { up: PLAIN, down: inTurn(0, again, loss) };
      },
      [{ kind: 'video', direction: 'recvonly' }],
    );
    const [{ loss, again }] = seen as [{ loss: Loss; again: Count }];
    try {
      for (const client of [ann, ben]) expect(await client.join('lossy')).toBe(200);
      await eventually('ten packets are lost', () => (loss.lost >= 10 ? true : null), 60);
      await eventually('some are sent again', () => (again.seen >= 5 ? true : null));
      await ben.receiving('video', 1, 40);
    } finally {
      relay.close();
    }
  });
});
