// The built service and its real media plane, over sockets: FUZZ_SERVICE_CASES inputs of FUZZ_SEED.
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { claim, TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { SEED, SERVICE_CASES } from '../support/fuzz/extent.ts';
import { OFFERS, offers, trickles } from '../support/fuzz/inputs.ts';
import { closeCodeOf, exchange, frames, mayHaveSent, requests, statusOf, TOKEN } from '../support/fuzz/wire.ts';
import type { Footprint } from '../support/processes.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(3_600_000);

/** docs/contract.md and docs/errors.md. */
const STATUSES = [200, 204, 400, 401, 403, 404, 426, 429, 500, 503];
const CLOSE_CODES = [1000, 1002, 1007, 1009, 4400, 4408, 4409, 4429, 4500];
const AT_ONCE = 6;
const DEVICES = 20;

const GOOD = [...OFFERS.values()];
/** Twice as long as a connection is waited for. */
const REST_MS = 4_000;

let service: ServiceProcess;
let before: Footprint;
beforeAll(async () => {
  service = await ServiceProcess.start({
    CONNECT_RATE: '100000',
    CONNECT_RATE_ADDRESS: '1000000',
    CONNECT_TIMEOUT: '2',
  });
  // Whatever is made once in the life of a process is there then.
  await each(GOOD, (text, index) => offer(text, [], `warm-${index % DEVICES}`));
  before = await atRest();
}, 300_000);
afterAll(() => service.stop());

/** Once it does not change any more. */
async function atRest(): Promise<Footprint> {
  let last = service.footprint;
  await eventually(
    'its threads and files are as many as before',
    async () => {
      const then = last;
      await delay(REST_MS);
      last = service.footprint;
      return last.threads === then.threads && last.files === then.files ? true : null;
    },
    120,
  );
  return last;
}

/** Some at a time; the first input that breaks the policy is told whole. */
async function each<Input>(
  inputs: readonly Input[],
  check: (input: Input, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < inputs.length; index = next++) {
      const input = inputs[index]!;
      try {
        await check(input, index);
      } catch (error) {
        const told = Buffer.isBuffer(input) ? input.toString('latin1') : input;
        throw new Error(`input ${index} of seed ${SEED}: ${JSON.stringify(told)}`, { cause: error });
      }
      if (!service.isRunning) throw new Error(`the service ended at ${index}: ${service.output.slice(-4_000)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const sample = <Input>(arbitrary: fc.Arbitrary<Input>, share: number): Input[] =>
  fc.sample(arbitrary, { numRuns: Math.ceil(SERVICE_CASES * share), seed: SEED });

const tally = new Map<string, number>();
const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);

/** Resolves with the close code, or with 0 where there was an answer. */
async function offer(text: string, candidates: readonly string[], user: string): Promise<number> {
  const headers = { ...claim(user), 'X-Proxy-Secret': service.secret };
  const client = await TestClient.open(service.port, headers, `/connect?token=${TOKEN}`);
  if (!(client instanceof TestClient)) return client.status;
  client.socket.send(text);
  for (const candidate of candidates) client.socket.send(candidate);
  const answer = await client.message().catch(() => null);
  if (answer !== null) {
    expect(answer.text).toMatch(/^v=0\r\n/);
    client.socket.close(1000);
    await client.closed;
    return 0;
  }
  return (await client.closed).code;
}

test('requests are answered with a documented status', async () => {
  await each(sample(requests(service.secret), 0.5), async (request) => {
    const status = statusOf(await exchange(service.port, request));
    count(`status ${status}`);
    expect(STATUSES).toContain(status);
  });
});

test('frames end with a documented close code, or with the socket of a client that went away', async () => {
  await each(sample(frames(service.secret), 0.2), async (bytes) => {
    const reply = await exchange(service.port, bytes);
    expect([101, 429, 503]).toContain(statusOf(reply));
    const code = closeCodeOf(reply);
    count(`frames ${code}`);
    if (code !== null && !mayHaveSent(bytes, code)) expect(CLOSE_CODES).toContain(code);
  });
});

test('offers are answered, or refused with a documented close code', async () => {
  const inputs = sample(fc.tuple(offers, fc.array(trickles, { maxLength: 3 })), 0.3);
  await each(inputs, async ([text, candidates], index) => {
    const code = await offer(text, candidates, `user-${index % DEVICES}`);
    count(code === 0 ? 'offer answered' : `offer ${code}`);
    if (code !== 0) expect([...CLOSE_CODES, ...STATUSES]).toContain(code);
  });

  expect(await offer(GOOD[0]!, [], 'last')).toBe(0);
});

test('nothing of all this stays', async () => {
  const after = await atRest();
  process.stdout.write(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}\n`);
  expect(after.files).toBeLessThanOrEqual(before.files);
  // One that GLib keeps for a while, for whoever needs it next.
  expect(after.threads).toBeLessThanOrEqual(before.threads + 1);
});

test('the service goes on, and its log has neither a token nor an error of its own', async () => {
  process.stdout.write(`seed ${SEED}: ${JSON.stringify(Object.fromEntries([...tally].sort()))}\n`);
  expect(service.isRunning).toBe(true);
  expect(service.output.includes(TOKEN)).toBe(false);
  expect(service.output).not.toMatch(/"event":"fault"|CRITICAL|"level":"(?:error|fatal)"/);
  expect(await service.stop()).toBe(0);
});
