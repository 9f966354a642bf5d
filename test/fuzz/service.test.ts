// The built service and its real media plane, over sockets: FUZZ_SERVICE_CASES inputs of FUZZ_SEED.
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { claim, TestClient } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { SEED, SERVICE_CASES } from '../support/fuzz/extent.ts';
import { OFFERS, offers, trickles } from '../support/fuzz/inputs.ts';
import { closeCodeOf, exchange, frames, mayHaveSent, requests, statusOf, TOKEN } from '../support/fuzz/wire.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(3_600_000);

/** docs/contract.md and docs/errors.md. */
const STATUSES = [200, 204, 400, 401, 403, 404, 426, 429, 500, 503];
const CLOSE_CODES = [1000, 1002, 1007, 1009, 4400, 4408, 4409, 4429, 4500];
const AT_ONCE = 6;
const DEVICES = 20;

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.start({
    CONNECT_RATE: '100000',
    CONNECT_RATE_ADDRESS: '1000000',
    CONNECT_TIMEOUT: '2',
  });
}, 60_000);
afterAll(() => service.stop());

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

test('offers are answered, or refused with a documented close code; nothing of them stays', async () => {
  const good = [...OFFERS.values()];
  // Whatever is made once in the life of a process is there then.
  await each(good, (text, index) => offer(text, [], `warm-${index % DEVICES}`));
  const quiet = async (): Promise<typeof service.footprint> => {
    let last = service.footprint;
    await eventually(
      'its threads are as many as before',
      async () => {
        const before = last;
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        last = service.footprint;
        return last.threads === before.threads && last.files === before.files ? true : null;
      },
      120,
    );
    return last;
  };
  const before = await quiet();

  const inputs = sample(fc.tuple(offers, fc.array(trickles, { maxLength: 3 })), 0.3);
  await each(inputs, async ([text, candidates], index) => {
    const code = await offer(text, candidates, `user-${index % DEVICES}`);
    count(code === 0 ? 'offer answered' : `offer ${code}`);
    if (code !== 0) expect([...CLOSE_CODES, ...STATUSES]).toContain(code);
  });

  expect(await offer(good[0]!, [], 'last')).toBe(0);
  const after = await quiet();
  process.stdout.write(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}\n`);
  expect(after.threads).toBeLessThanOrEqual(before.threads + 2);
  expect(after.files).toBeLessThanOrEqual(before.files + 4);
});

test('the service goes on, and its log has neither a token nor an error of its own', async () => {
  process.stdout.write(`seed ${SEED}: ${JSON.stringify(Object.fromEntries([...tally].sort()))}\n`);
  expect(service.isRunning).toBe(true);
  expect(service.output.includes(TOKEN)).toBe(false);
  expect(service.output).not.toMatch(/"event":"fault"|CRITICAL|"level":"(?:error|fatal)"/);
  expect(await service.stop()).toBe(0);
});
