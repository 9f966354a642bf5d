// The built service and its real media plane, over sockets: FUZZ_SERVICE_CASES offers of FUZZ_SEED, half as many requests
// and half as many WebSockets with frames.
import { jest } from '@jest/globals';
import { EVENTS } from '../../src/events/catalogue.ts';
import { Caller } from '../support/caller.ts';
import { claim, TestClient } from '../support/client.ts';
import { BARE, CLOSE_CODES, isCatalogued, PROVOKED, REFUSALS } from '../support/fuzz/documented.ts';
import { SEED, SERVICE_CASES } from '../support/fuzz/extent.ts';
import { codeFor, codeIn, frames, upgradeOf } from '../support/fuzz/frames.ts';
import { OFFERS } from '../support/fuzz/inputs.ts';
import { kept } from '../support/fuzz/kept.ts';
import { closesAfter, conversations, decoded, encoded, refusalOf, type Message } from '../support/fuzz/messages.ts';
import { atRest } from '../support/fuzz/remains.ts';
import { each, sample, Tally } from '../support/fuzz/run.ts';
import { answerIn, cutOff, exchange, requests, TOKEN, type Answer } from '../support/fuzz/wire.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(3_600_000);

const GOOD = [...OFFERS.values()];
const OFFER_TIMEOUT_S = 5;
const MAX_NEGOTIATIONS = 40;
/** Of a close frame that is not answered, until the socket is cut off. */
const CLOSE_GRACE_S = 5;
/** 10 s for the head of a request, looked at every 30 s: src/http/server.ts. */
const HEAD_S = 40;
/** For a machine that does much else. */
const SPARE_S = 5;

let service: ServiceProcess;
let before: Readonly<Record<string, number>>;
const statuses = new Tally();
const codes = new Tally();
/** What the closing of sockets and refusals of requests were called. */
const reasons = new Tally();

beforeAll(async () => {
  service = await ServiceProcess.start({
    CONNECT_RATE: '100000',
    CONNECT_RATE_ADDRESS: '1000000',
    CONNECT_TIMEOUT: '2',
    OFFER_TIMEOUT: String(OFFER_TIMEOUT_S),
    MAX_NEGOTIATIONS: String(MAX_NEGOTIATIONS),
    PEER_TIMEOUT: '5',
    LOG_LEVEL: 'trace',
  });
  // Whatever is made once in the life of a process is there then.
  await each(
    'offers',
    GOOD.map((text) => [text]),
    encoded,
    (messages, worker) => offer(messages, `warm-${worker}`),
  );
  await call();
  before = await atRest(service.pid);
}, 300_000);
afterAll(() => service.stop());

const open = async (userid: string, clientid?: string): Promise<TestClient> => {
  const headers = { ...claim(userid, clientid), 'X-Proxy-Secret': service.secret };
  const client = await TestClient.open(service.port, headers, `/connect?token=${TOKEN}`);
  if (client instanceof TestClient) return client;
  throw new Error(`refused with ${client.status}: ${client.body}`);
};

/** The close code, which is documented, as its reason is. */
async function closeOf(client: TestClient): Promise<number> {
  const { code, reason } = await client.closed;
  expect(CLOSE_CODES).toContain(code);
  // 1009 is ws's own, and has no reason.
  if (code > 1000 && code !== 1009) expect([reason, isCatalogued(code, reason)]).toEqual([reason, true]);
  codes.add(code);
  reasons.add(reason.split(':')[0] ?? '');
  return code;
}

/** Sends an offer and what is behind it; resolves with the close code, or null where there was an answer. */
async function offer(messages: readonly Message[], userid: string, clientid = ''): Promise<number | null> {
  const client = await open(userid, clientid);
  for (const message of messages) client.socket.send(message);
  const answer = await client.message().catch(() => null);
  if (answer === null) return await closeOf(client);
  expect(answer.text).toMatch(/^v=0\r\n/);
  expect(answer.isBinary).toBe(Buffer.isBuffer(messages[0]));
  client.socket.close(1000);
  await client.closed;
  return null;
}

/** Two connect, one hears the other, and both are gone. */
async function call(): Promise<void> {
  const headers = { 'X-Proxy-Secret': service.secret };
  const ended = (): number => service.output.split('"event":"peer-ended"').length;
  const before = ended();
  const [ann, bob] = [
    await Caller.connect(service.port, 'ann', headers, TOKEN),
    await Caller.connect(service.port, 'bob', headers, TOKEN),
  ];
  try {
    expect([await ann.join('room'), await bob.join('room')]).toEqual([200, 200]);
    ann.talk();
    await bob.hears();
  } finally {
    await Promise.all([ann.close(), bob.close()]);
  }
  await eventually('both are gone', () => (ended() >= before + 2 ? true : null));
}

/** No input of a request may end in an error of the server; what is refused has the status of its code. */
function checkAnswer(request: Buffer, answer: Answer | null): void {
  const { status, code } = answer ?? { status: 0, code: null };
  const isHead = request.subarray(0, 5).toString() === 'HEAD ';
  const allowed = [200, 204, ...BARE, ...(isHead ? REFUSALS.values() : [])];
  if (code === null) expect(allowed).toContain(status);
  else expect([code, status]).toEqual([code, REFUSALS.get(code)]);
  statuses.add(status);
  reasons.add(code ?? 'none');
}

type Check = (bytes: Buffer, reply: Buffer) => void;
const asIs = (bytes: Buffer): Buffer => bytes;

test('requests are answered with a documented status', async () => {
  const inputs = [...kept('requests'), ...sample(requests(service.secret), SERVICE_CASES / 2)];
  await each('requests', inputs, asIs, async (request) => {
    checkAnswer(request, answerIn(await exchange(service.port, request)));
  });

  for (const code of PROVOKED) expect([code, reasons.of(code)]).not.toEqual([code, 0]);
  for (const status of [200, 204, ...BARE.slice(0, 1)]) expect([status, statuses.of(status)]).not.toEqual([status, 0]);
});

test('frames are answered as RFC 6455 says, and a client that ends in good order is told nothing', async () => {
  const inputs = [...kept('frames'), ...sample(frames, SERVICE_CASES / 2)];
  await each('frames', inputs, asIs, async (bytes, worker) => {
    const reply = await exchange(service.port, Buffer.concat([upgradeOf(`eve-${worker}`, service.secret), bytes]));
    expect(answerIn(reply)?.status).toBe(101);
    const code = codeIn(reply);
    expect(code).toBe(codeFor(bytes));
    codes.add(`of frames: ${code}`);
  });

  for (const code of [1000, 1002, 1007, 1009, 4400]) expect(codes.of(`of frames: ${code}`)).toBeGreaterThan(0);
});

test('offers are answered, or refused for what the parser finds wrong in them', async () => {
  const inputs = [...kept('offers').map(decoded), ...sample(conversations, SERVICE_CASES)];
  // Of a device of its own, so that nobody's newer offer ends one that is still looked at.
  await each('offers', inputs, encoded, async (messages, worker, index) => {
    const [first = '', ...candidates] = messages;
    const code = await offer(messages, `user-${worker}`, String(index % 4));
    const wanted = refusalOf(first)?.closeCode ?? null;
    expect([wanted, ...closesAfter(candidates)]).toContain(code);
    if (code === null) codes.add('answered');
  });

  expect(codes.of('answered')).toBeGreaterThan(SERVICE_CASES / 5);
});

test('a client that keeps its side open is closed within the time that is said', async () => {
  // Each of them waits by itself, so they wait together.
  const cases = Math.min(SERVICE_CASES / 10, 500);
  const patiently = async (
    kind: 'requests' | 'frames',
    inputs: Buffer[],
    seconds: number,
    check: Check,
  ): Promise<void> =>
    await each(
      kind,
      inputs,
      asIs,
      async (bytes, worker) => {
        const upgrade = kind === 'frames' ? upgradeOf(`stays-${worker}`, service.secret) : Buffer.alloc(0);
        const limitMs = (seconds + SPARE_S) * 1000;
        check(bytes, await exchange(service.port, Buffer.concat([upgrade, bytes]), { stays: true, limitMs }));
      },
      // At once, but for what does not wait.
      200,
    );
  const whole = sample(requests(service.secret), cases);
  const heads = [...kept('requests'), ...sample(cutOff(requests(service.secret)), 100)];
  await Promise.all([
    patiently('requests', whole, 0, (bytes, reply) => checkAnswer(bytes, answerIn(reply))),
    patiently('requests', heads, HEAD_S, (bytes, reply) => checkAnswer(bytes, answerIn(reply))),
    patiently('frames', sample(frames, 100), OFFER_TIMEOUT_S + CLOSE_GRACE_S, (bytes, reply) =>
      expect(codeIn(reply)).toBe(codeFor(bytes) ?? 4408),
    ),
  ]);

  for (const status of BARE) expect([status, statuses.of(status)]).not.toEqual([status, 0]);
});

test('clients that wait with their offer, or for a connection that does not come up, are told why it ends', async () => {
  const silent = await Promise.all(Array.from({ length: 6 }, () => open('silent')));
  // Two connections of each, of more devices than may be on their way: whoever comes then is not let in at all.
  const waiting = await Promise.all(
    Array.from({ length: 3 * MAX_NEGOTIATIONS }, (_, index) => open(`waits-${Math.floor(index / 2)}`)),
  );
  for (const [index, client] of waiting.entries()) client.socket.send(GOOD[index % GOOD.length] ?? '');

  expect(new Set(await Promise.all(waiting.map(closeOf)))).toEqual(new Set([4409, 4429, 4500]));
  expect(new Set(await Promise.all(silent.map(closeOf)))).toEqual(new Set([4408]));
  for (const reason of ['replaced', 'full', 'connect-timeout', 'offer-timeout', 'offer-displaced'])
    expect([reason, reasons.of(reason)]).not.toEqual([reason, 0]);
});

test('who comes after all this is connected, and hears', async () => {
  await call();
  codes.add(1000);
});

test('nothing of all this stays: neither a thread nor a descriptor', async () => {
  const after = await atRest(service.pid);
  process.stdout.write(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}\n`);
  expect(after).toEqual(before);
});

test('the service goes on until it is told to end, and says so to those who wait', async () => {
  const waits = await open('waits');
  expect(await service.stop()).toBe(0);
  expect(await closeOf(waits)).toBe(1001);

  process.stdout.write(`seed ${SEED}: ${JSON.stringify({ statuses, codes, reasons })}\n`);
  const seen = CLOSE_CODES.filter((code) => codes.of(code) + codes.of(`of frames: ${code}`) > 0);
  expect(seen).toEqual(CLOSE_CODES);
});

test('its log, at its most talkative, has neither a token nor a secret nor an error of its own', () => {
  const { output } = service;
  const passwords = GOOD.flatMap((text) =>
    [...text.matchAll(/^a=ice-pwd:(\S+)/gm)].map(([, password = '']) => password),
  );
  expect(passwords.length).toBeGreaterThan(GOOD.length / 2);
  expect([TOKEN, service.secret, ...passwords].filter((secret) => output.includes(secret))).toEqual([]);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; level: string });
  expect(lines.filter(({ event }) => !(event in EVENTS))).toEqual([]);
  expect(
    lines.filter(({ event, level }) => /^(error|fatal)$/.test(level) || /^(fault|(log|media)-lines-lost)$/.test(event)),
  ).toEqual([]);
  expect(lines.filter(({ level }) => level === 'debug').length).toBeGreaterThan(SERVICE_CASES);
});
