import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { slots } from '../support/browser/client.ts';
import { ask, claim, TestClient } from '../support/client.ts';
import { ESTABLISHED, inEachBrowser } from '../support/conformance/browsers.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(120_000);

const OFFER = readFileSync(new URL('../fixtures/offers/chromium-156-audio-video.sdp', import.meta.url), 'utf8');

inEachBrowser((lab) => {
  test('P-3 the socket is closed with 1000 when ICE and DTLS are up, not before', async () => {
    const ann = await lab().client('ann');
    expect(await ann.connect({ sections: slots(1, 0), finish: false })).toBeNull();
    expect(await ann.sockets()).toEqual([{ code: null, reason: '' }]);
    expect(await ann.finish(await ann.answer())).toEqual(ESTABLISHED);
    await eventually('connected', async () => ((await ann.stats()).transport === 'connected' ? true : null));
  });

  test('P-4 a client that closes the socket when it has the answer gets its connection', async () => {
    const ann = await lab().client('ann');
    await ann.connect({ sections: slots(1, 0), finish: false });
    await ann.tab.evaluate('client.hangUp()');
    await ann.finish(await ann.answer());
    await eventually('connected', async () => ((await ann.stats()).transport === 'connected' ? true : null));
    expect(await ann.join('hung-up')).toBe(200);
  });

  test('P-6 candidates may follow the offer, one in a text message each', async () => {
    const ann = await lab().client('ann');
    expect(await ann.connect({ sections: slots(1, 1), candidates: 'trickled' })).toEqual(ESTABLISHED);
  });

  test('P-7 a client whose addresses are not told connects, from its side', async () => {
    const ann = await lab().client('ann');
    expect(await ann.connect({ sections: slots(1, 1), candidates: false })).toEqual(ESTABLISHED);
  });

  test('P-8 a connection that replaces another takes over once it is established; the old one then ends', async () => {
    const [ann, ben] = [await lab().client('ann', 'one'), await lab().client('ben')];
    for (const client of [ann, ben]) {
      expect(await client.connect({ sections: slots(2, 0), channel: 'events' })).toEqual(ESTABLISHED);
      expect(await client.join('replaced')).toBe(200);
    }
    await ann.receiving('audio', 1);
    const again = await lab().client('ann', 'one');
    await again.connect({ sections: slots(2, 0), finish: false });
    expect((await ann.stats()).transport).toBe('connected');
    expect(await again.finish(await again.answer())).toEqual(ESTABLISHED);
    await eventually('the old one ends', async () => ((await ann.stats()).transport === 'closed' ? true : null));
    expect((await ann.channel()).messages.at(-1)).toBe('{"type":"bye","reason":"replaced"}');
    // It is in the conversation without a join of its own.
    await Promise.all([again.receiving('audio', 1), ben.receiving('audio', 1)]);
  });
});

describe('a plain client', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await ServiceProcess.start({ OFFER_TIMEOUT: '5' });
  });
  afterAll(() => service.stop());

  const headers = (userid: string): Record<string, string> => ({
    ...claim(userid),
    'X-Proxy-Secret': service.secret,
  });

  async function open(userid: string): Promise<TestClient> {
    const client = await TestClient.open(service.port, headers(userid));
    if (client instanceof TestClient) return client;
    throw new Error(`refused with ${client.status}`);
  }

  const replace = (what: RegExp, by: string): string => {
    expect(OFFER).toMatch(what);
    return OFFER.replace(what, by);
  };

  test.each([
    ['text', OFFER],
    ['binary', Buffer.from(OFFER)],
  ])('P-1 one offer as a %s message gets one answer in a message of that type', async (type, offer) => {
    const client = await open(`sends-${type}`);
    client.socket.send(offer);
    const answer = await client.message();
    expect(answer.isBinary).toBe(type === 'binary');
    expect(answer.text).toMatch(/^v=0\r\n/);
    await client.settled();
    expect(client.received).toHaveLength(1);
    client.socket.terminate();
  });

  test('P-2 the answer has all candidates of the service in it, and says so', async () => {
    const client = await open('reads');
    client.socket.send(OFFER);
    const { text } = await client.message();
    expect(text).toMatch(/^a=candidate:\S+ 1 UDP \d+ 127\.0\.0\.1 \d+ typ host/m);
    expect(text).toMatch(/^a=end-of-candidates\r$/m);
    client.socket.terminate();
  });

  test('P-5 other messages behind the offer are ignored', async () => {
    const client = await open('talks');
    client.socket.send(OFFER);
    for (const more of ['hello', OFFER, '{}', Buffer.from('candidate:'), 'candidate:1 1 udp 1 host.local 9 typ host']) {
      client.socket.send(more);
    }
    await client.message();
    await client.settled();
    expect(client.received).toHaveLength(1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.terminate();
  });

  test('P-9 a newer offer of the same device ends a pending one with 4409', async () => {
    const first = await open('twice');
    first.socket.send(OFFER);
    await first.message();
    const second = await open('twice');
    second.socket.send(OFFER);
    expect(await first.closed).toMatchObject({ code: 4409 });
    await second.message();
    second.socket.terminate();
  });

  test.each([
    ['malformed', () => 'hello'],
    ['bundle', () => replace(/a=group:BUNDLE.*\r\n/, '')],
    ['mid', () => replace(/a=mid:0\r\n/, '')],
    ['rejected-section', () => replace(/m=video \d+/, 'm=video 0')],
    ['direction', () => replace(/a=sendrecv\r\n/, 'a=sendrecv\r\na=recvonly\r\n')],
    ['codec', () => replace(/a=rtpmap:111 .*\r\n/, '')],
    ['rtcp-mux', () => replace(/a=rtcp-mux\r\n/, '')],
    ['setup', () => replace(/a=setup:actpass/, 'a=setup:active')],
    ['ice', () => replace(/a=ice-pwd:.*\r\n/, '')],
    ['fingerprint', () => replace(/a=fingerprint:.*\r\n/, '')],
  ])('P-10 an offer that breaks the rules is refused with 4400 and the word %s', async (code, offer) => {
    const client = await open(`breaks-${code}`);
    client.socket.send(offer());
    expect(await client.closed).toEqual({ code: 4400, reason: expect.stringMatching(new RegExp(`^${code}: `)) });
  });

  test('P-11 an offer of more than 256 KiB is refused with 1009, none in time with 4408', async () => {
    const [large, silent] = [await open('large'), await open('silent')];
    large.socket.send('x'.repeat(256 * 1024 + 1));
    expect(await large.closed).toMatchObject({ code: 1009 });
    expect(await silent.closed).toMatchObject({ code: 4408 });
  });

  test('P-12 what is refused before the upgrade is an HTTP error with a code', async () => {
    const plain = await ask(service.port, '/connect', { headers: headers('plain') });
    expect([plain.status, JSON.parse(plain.body)]).toMatchObject([426, { code: 'upgrade-required' }]);
    const nobody = await TestClient.open(service.port, { 'X-Proxy-Secret': service.secret });
    expect(nobody).toMatchObject({ status: 400, body: expect.stringContaining('"claim-missing"') as string });
  });

  test('P-13 a service that ends says 1001 to those who wait', async () => {
    const ending = await ServiceProcess.start();
    const client = await TestClient.open(ending.port, { ...claim('waits'), 'X-Proxy-Secret': ending.secret });
    expect(client).toBeInstanceOf(TestClient);
    expect(await ending.stop()).toBe(0);
    expect(await (client as TestClient).closed).toMatchObject({ code: 1001 });
  });
});
