// Datagrams of somebody who has no keys, from another address, before, during and after the handshakes of a call.
import { jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/eventually.ts';
import { Stranger } from '../support/fuzz/datagrams.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(240_000);

const FIRST_PORT = 23_400;
const PORTS = Array.from({ length: 12 }, (_, index) => FIRST_PORT + index);
const SPOKEN = 150;

test.each(['webrtcbin', 'direct'])(
  'a call comes up and loses nothing while a stranger floods its ports: %s',
  async (egress) => {
    const service = await ServiceProcess.start({
      EGRESS: egress,
      MAX_PEERS: String(PORTS.length),
      UDP_PORTS: `${PORTS[0]}-${PORTS.at(-1)}`,
    });
    const stranger = new Stranger(PORTS);
    const callers: Caller[] = [];
    try {
      // Before there is a port, so that he is the first on each: DTLS that were taken from anybody would begin with him.
      await stranger.start('127.0.0.2', 10);
      for (const user of ['ann', 'bob']) {
        callers.push(await Caller.connect(service.port, user, { 'X-Proxy-Secret': service.secret }));
      }
      const [ann, bob] = callers as [Caller, Caller];
      for (const caller of callers) expect(await caller.join('room')).toBe(200);
      // Until the way is there.
      await eventually('bob hears ann', async () => {
        ann.speak();
        return (await bob.heard()) > 0 ? true : null;
      });
      await delay(500);
      const before = await bob.heard();
      for (let i = 0; i < SPOKEN; i++) {
        ann.speak();
        await delay(20);
      }
      await eventually('bob has heard all of it', async () => ((await bob.heard()) >= before + SPOKEN ? true : null));
      process.stdout.write(
        `${egress}: ${stranger.sent} datagrams of a stranger, ${SPOKEN} of ${SPOKEN} packets heard\n`,
      );
      expect(stranger.sent).toBeGreaterThan(1_000);
      expect(service.isRunning).toBe(true);
      expect(service.output).not.toMatch(/"event":"(?:fault|peer-ended)"/);
    } finally {
      stranger.close();
      for (const caller of callers) await caller.close();
      await service.stop();
    }
  },
);
