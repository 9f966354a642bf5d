// Somebody who is a member, with keys, and does what no client does. Two others talk in the same conversation meanwhile:
// each packet of theirs is counted.
import { jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { Call } from '../support/fuzz/call.ts';
import { enter } from '../support/fuzz/enter.ts';
import { HOSTILITIES, LET_THROUGH } from '../support/fuzz/hostilities.ts';
import { Insider } from '../support/fuzz/insider.ts';
import { losesNothing } from '../support/fuzz/loses-nothing.ts';
import { viewOf, type PeerView } from '../support/fuzz/peer-view.ts';
import type { Seen } from '../support/fuzz/proofs.ts';
import { markedReport } from '../support/fuzz/report-hostilities.ts';
import { heldAgain, heldAtRest, type Held } from '../support/fuzz/rest.ts';
import { MediaClient } from '../support/media-client.mjs';
import { ServiceProcess } from '../support/service-process.ts';
import { vp8Clip } from '../support/vp8-clip.mjs';

jest.setTimeout(180_000);

const SECONDS = 2;

/** How many packets of one device are taken in a second, what is done with it, and whether it is seen what stays. */
const RATES = [
  { rate: '500', hostilities: HOSTILITIES, isWhole: true },
  { rate: '4000', hostilities: [LET_THROUGH], isWhole: false },
];
const RUNS = RATES.flatMap((run) => ['direct', 'webrtcbin'].map((egress) => ({ egress, ...run })));

const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** What somebody has to know who looks why a proof was none. */
const inShort = (seen: Seen | null): object =>
  seen === null
    ? {}
    : { ...seen, before: seen.before.stats, now: { ...seen.now, details: seen.now.details?.receiver } };
const told = ({ threads, files }: Held): string => `${threads.length} and ${files}`;

describe.each(RUNS)(
  '$egress, $rate packets a second: while somebody in the conversation',
  ({ egress, rate, hostilities, isWhole }) => {
    let service: ServiceProcess;
    let before: Held;
    let call: Call;
    let eve: Insider;
    let mark = 0;
    /** How much of its log is of before. */
    let logged = 0;

    const view = (): Promise<PeerView> => viewOf(service, 'room', 'eve');

    const enterAll = async (): Promise<void> => {
      const clip = await vp8Clip(2);
      // With ears for both others.
      const [ann, bob] = [await MediaClient.open(clip, { slots: 1 }), await MediaClient.open([], { slots: 1 })];
      call = await Call.open(service, { ann, bob });
      eve = await Insider.open();
      await enter(service, 'eve', eve);
      await eventually('the insider is sent something', () => (eve.numbers.length > 0 ? true : null));
    };
    const leaveAll = async (): Promise<void> => {
      await eve.close();
      await call.close();
    };

    beforeAll(async () => {
      service = await ServiceProcess.start({ EGRESS: egress, MAX_PACKET_RATE: rate, PEER_TIMEOUT: '3' });
      if (isWhole) {
        // Whatever is made once in the life of a process is there then.
        await enterAll();
        await leaveAll();
        before = await heldAtRest(service);
      }
      logged = service.output.length;
      await enterAll();
    });
    afterAll(async () => {
      if (!isWhole) await leaveAll();
      expect(await service.stop()).toBe(0);
    });

    test.each(hostilities)('$what', async ({ act, proof }) => {
      // Slots settle after what was done before.
      await delay(500);
      mark += 1;
      eve.numbers.length = 0;
      const toldBefore = eve.told.length;
      const first = await view();
      const report = markedReport(eve, mark);
      call.begin();
      const acting = setInterval(() => act(eve, report), 20);
      let seen: Seen | null = null;
      const isProven = async (): Promise<true | null> => {
        seen = { before: first, now: await view(), egress, mark, told: eve.told.slice(toldBefore) };
        return proof(seen) ? true : null;
      };
      try {
        await Promise.all([delay(SECONDS * 1000), eventually('it is seen that it came', isProven)]);
      } catch (error) {
        throw new Error(JSON.stringify({ errors: eve.errors, ...inShort(seen) }), { cause: error });
      } finally {
        clearInterval(acting);
      }

      losesNothing(await call.heard(), (SECONDS - 1) * 40, egress);
      // One who has stopped at an error sends nothing of what comes next.
      expect(eve.errors).toEqual([]);
      expect(service.isRunning).toBe(true);
      expect(service.output.slice(logged)).not.toMatch(
        /"event":"(?:fault|peer-ended)"|CRITICAL|"level":"(?:error|fatal)"/,
      );
    });

    if (isWhole) {
      test('nothing of all this stays when all have left', async () => {
        await leaveAll();
        const after = await heldAgain(service, before);
        say(`${egress}: threads and files: ${told(before)}, then ${told(after)}`);
        expect(after.threads.length <= before.threads.length ? [] : after.threads).toEqual([]);
        expect(after.files).toBeLessThanOrEqual(before.files);
      });
    }
  },
);
