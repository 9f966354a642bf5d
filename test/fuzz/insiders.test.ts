// Somebody who is a member, with keys, and does what no client does. Two others talk in the same conversation meanwhile:
// each packet of theirs is counted.
import { jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, claim, TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { HOSTILITIES, LET_THROUGH, type InsiderStats } from '../support/fuzz/hostilities.ts';
import { Insider } from '../support/fuzz/insider.ts';
import { MediaClient } from '../support/media-client.mjs';
import { ServiceProcess } from '../support/service-process.ts';
import { vp8Clip } from '../support/vp8-clip.mjs';

jest.setTimeout(60_000);

const SECONDS = 3;

interface Device {
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
}

/** How many packets of one device are taken in a second, and what is done with it. */
const RATES = [
  ['500', HOSTILITIES],
  ['4000', [LET_THROUGH]],
] as const;
const RUNS = RATES.flatMap(([rate, hostilities]) =>
  ['direct', 'webrtcbin'].map((egress) => ({ egress, rate, hostilities })),
);

describe.each(RUNS)(
  '$egress, $rate packets a second: while somebody in the conversation',
  ({ egress, rate, hostilities }) => {
    let service: ServiceProcess;
    let ann: MediaClient;
    let ben: MediaClient;
    let eve: Insider;
    let peer: string;

    /** Resolves with his peer's id. */
    const enter = async (userid: string, device: Device): Promise<string> => {
      const headers = { ...claim(userid), 'X-Proxy-Secret': service.secret };
      const client = await TestClient.open(service.port, headers);
      if (!(client instanceof TestClient)) throw new Error(`refused with ${client.status}`);
      client.socket.send(await device.offer());
      await device.accept((await client.message()).text);
      expect((await client.closed).code).toBe(1000);
      expect((await ask(service.port, '/join/room', { method: 'POST', headers })).status).toBe(200);
      return service.peerOf(userid);
    };
    const stats = async (): Promise<InsiderStats> => {
      const { body } = await ask(service.adminPort, `/peers/${peer}`);
      return (JSON.parse(body) as { stats: InsiderStats }).stats;
    };

    beforeAll(async () => {
      service = await ServiceProcess.start({ EGRESS: egress, MAX_PACKET_RATE: rate });
      const clip = await vp8Clip(2);
      // With ears for both others.
      [ann, ben] = [await MediaClient.open(clip, { slots: 1 }), await MediaClient.open([], { slots: 1 })];
      await enter('ann', ann);
      await enter('ben', ben);
      for (const client of [ann, ben]) client.talk();
      await Promise.all([ann.hears(), ben.hears()]);
      eve = await Insider.open();
      peer = await enter('eve', eve);
    });
    afterAll(async () => {
      await eve.close();
      for (const client of [ann, ben]) await client.close();
      expect(await service.stop()).toBe(0);
    });

    test.each(hostilities)('$what', async ({ what, act, counted }) => {
      const before = counted?.(await stats(), egress) ?? null;
      // Slots settle after what was done before.
      await delay(500);
      for (const client of [ann, ben]) client.forget();
      const since = performance.now();
      const acting = setInterval(() => act(eve), 20);
      await delay(SECONDS * 1000);
      clearInterval(acting);
      const until = performance.now() - 500;

      for (const [hearer, talker] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        talker.sent = talker.sent.filter(({ atMs }) => atMs < until);
        const { sent, lost, twice } = hearer.heardOf(talker, since);
        expect(sent).toBeGreaterThan((SECONDS - 1) * 40);
        expect({ what, lost, twice }).toEqual({ what, lost: 0, twice: 0 });
      }
      expect(service.isRunning).toBe(true);
      expect(service.output).not.toContain('"event":"fault"');
      expect(service.output).not.toMatch(/"event":"peer-ended"[^\n]*"userid":"(?:ann|ben)"/);
      if (counted !== undefined && before !== null) {
        await eventually('it is counted', async () => ((counted(await stats(), egress) ?? 0) > before ? true : null));
      }
    });
  },
);
