// GET /connect from the upgrade to the close frame, over real sockets.
import { askRaw, claim, handshake, type TestClient } from '../support/client.ts';
import { codeIn, frameOf } from '../support/fuzz/frames.ts';
import { exchange } from '../support/fuzz/wire.ts';
import { OFFER, startService, stopServices, until } from '../support/service.ts';

afterEach(stopServices);

const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host';
const drop = (line: RegExp): string => OFFER.replace(line, '');

describe('the way to a connection', () => {
  test('raw offer in, raw answer out, closed with 1000 once the peer connection is established', async () => {
    const service = await startService();
    const client = await service.open('me');
    client.socket.send(OFFER);
    const answer = await client.message();
    expect(answer.isBinary).toBe(false);
    expect(answer.text).toMatch(/^v=0\r\n/);
    expect(answer.text).toContain('a=candidate:');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    service.newest().connect();
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(client.received).toHaveLength(1);
    expect(service.newest().isConnected).toBe(true);
  });

  test('a binary offer gets a binary answer', async () => {
    const service = await startService();
    const client = await service.open('me');
    client.socket.send(Buffer.from(OFFER));
    expect(await client.message()).toMatchObject({ isBinary: true, text: expect.stringMatching(/^v=0\r\n/) });
  });

  test('an offer in many fragments is one offer', async () => {
    const service = await startService();
    const client = await service.open('me');
    for (let i = 0; i < OFFER.length; i += 100) {
      client.socket.send(OFFER.slice(i, i + 100), { fin: i + 100 >= OFFER.length });
    }
    expect((await client.message()).text).toMatch(/^v=0/);
  });

  test('a client that closes first, having the answer, still gets its peer connection', async () => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    client.socket.close(1000);
    await client.closed;
    peer.connect();
    await service.join('me', 'room');
    expect(peer.isConnected).toBe(true);
    expect(peer.closeReason).toBeNull();
  });

  test('so does one whose socket just breaks', async () => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    client.socket.terminate();
    await client.closed;
    peer.connect();
    expect(peer.isConnected).toBe(true);
  });

  test.each(['close', 'terminate'] as const)(
    'one that goes away (%s) before it has the answer costs nothing',
    async (how) => {
      const service = await startService();
      const { client, peer, release } = await service.answering('me');
      client.socket[how]();
      await until(() => service.app.counts.sockets === 0, 'the end of the socket');
      release();
      await until(() => service.plane.openPeers === 0, 'the release of the peer');
      expect(peer.closeReason).toBe('abandoned');
    },
  );

  test('one that has begun to close when the answer comes will never connect', async () => {
    const service = await startService();
    const { client, peer, release } = await service.answering('me');
    client.socket.close();
    // It never gets to the end of the closing handshake, so its socket is still there.
    client.socket.pause();
    for (let i = 0; i < 3; i++) await service.ask('/');
    expect(service.app.counts.sockets).toBe(1);
    release();
    await until(() => peer.closeReason !== null, 'the end of the peer');
    expect(peer.closeReason).toBe('abandoned');
    client.socket.terminate();
  });

  test('a connection that is up before its answer was sent: the answer first, then 1000', async () => {
    const service = await startService();
    const { client, peer, release } = await service.answering('me');
    peer.connect();
    release();
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(client.received).toMatchObject([{ text: expect.stringMatching(/^v=0/) }]);
  });

  test('a socket without an offer costs no media', async () => {
    const service = await startService();
    const client = await service.open('me');
    expect(service.plane.openPeers).toBe(0);
    client.socket.close();
    await client.closed;
    expect(service.plane.openPeers).toBe(0);
  });

  test('an offer with only a data channel is a member without tracks', async () => {
    const service = await startService();
    const client = await service.open('me');
    const data = OFFER.replace(/m=audio[^]*/, '').replace(/a=group:BUNDLE.*/, 'a=group:BUNDLE 0');
    const transport = ['ice-ufrag', 'ice-pwd', 'fingerprint'].map(
      (name) => new RegExp(`a=${name}:.*`).exec(OFFER)?.[0],
    );
    const section = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', ...transport];
    client.socket.send(data + [...section, 'a=setup:actpass', 'a=mid:0', 'a=sctp-port:5000', ''].join('\r\n'));
    expect((await client.message()).text).toContain('m=application');
    expect(service.newest().tracks).toEqual([]);
  });
});

describe('after the offer', () => {
  test.each([CANDIDATE, `a=${CANDIDATE}`, `${CANDIDATE}\r\n`])('%j is a trickled candidate', async (line) => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    const before = peer.candidates.length;
    client.socket.send(line);
    await client.settled();
    expect(peer.candidates.slice(before)).toMatchObject([{ address: '192.0.2.7', port: 50000 }]);
  });

  test('one that comes before the answer is used too', async () => {
    const service = await startService();
    const { client, peer, release } = await service.answering('me');
    client.socket.send(CANDIDATE);
    await client.settled();
    release();
    await client.message();
    await until(() => peer.candidates.some(({ port }) => port === 50000), 'the candidate');
  });

  test('anything else is ignored, and the connection comes up', async () => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    const before = [...peer.candidates];
    const host = CANDIDATE.replace('192.0.2.7', 'a1b2c3d4.local');
    for (const text of [
      '',
      'hello',
      OFFER,
      '{}',
      'a=end-of-candidates',
      host,
      'candidate:',
      `${CANDIDATE}\n${CANDIDATE}`,
    ]) {
      client.socket.send(text);
    }
    client.socket.send(Buffer.from(CANDIDATE));
    await client.settled();
    expect(peer.candidates).toEqual(before);
    expect(service.plane.openPeers).toBe(1);
    peer.connect();
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  test('32 candidates in all, those of the offer included', async () => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    for (let i = 0; i < 50; i++) client.socket.send(CANDIDATE.replace('50000', String(50000 + i)));
    await client.settled();
    expect(peer.candidates).toHaveLength(32);
  });
});

describe('close codes', () => {
  test.each<[string, string, RegExp]>([
    ['garbage', 'hello', /^malformed: /],
    ['nothing', '', /^malformed: /],
    ['a candidate in place of the offer', CANDIDATE, /^malformed: /],
    ['no bundle', drop(/a=group:BUNDLE.*\r\n/), /^bundle: /],
    ['no mid', drop(/a=mid:.*\r\n/g), /^(mid|bundle): /],
    ['no fingerprint', drop(/a=fingerprint:.*\r\n/g), /^fingerprint: /],
    ['no ice', drop(/a=ice-ufrag:.*\r\n/g), /^ice: /],
    ['no rtpmap', drop(/a=rtpmap:.*\r\n/g), /^codec: /],
    ['no setup', OFFER.replace(/a=setup:.*/g, 'a=setup:passive'), /^setup: /],
    ['a rejected section', OFFER.replace(/m=audio \d+/, 'm=audio 0'), /^rejected-section: /],
  ])('4400 for %s', async (_, offer, reason) => {
    const service = await startService();
    const client = await service.open('me');
    client.socket.send(offer);
    const closed = await client.closed;
    expect(closed.code).toBe(4400);
    expect(closed.reason).toMatch(reason);
    expect(Buffer.byteLength(closed.reason)).toBeLessThanOrEqual(123);
    expect(service.plane.openPeers).toBe(0);
  });

  test('4400 for a binary message that is not UTF-8', async () => {
    const service = await startService();
    const client = await service.open('me');
    client.socket.send(Buffer.from([0xff, 0xfe, 0x00]));
    expect(await client.closed).toMatchObject({ code: 4400, reason: expect.stringMatching(/^malformed: /) });
    const nearly = await service.open('me');
    nearly.socket.send(Buffer.from(OFFER.replace('s=-', 's=\xff'), 'latin1'));
    expect(await nearly.closed).toMatchObject({ code: 4400, reason: expect.stringContaining('UTF-8') });
  });

  test.each([
    ['that is not masked', 1002, Buffer.from('8102686f', 'hex')],
    ['with a reserved bit', 1002, frameOf(0xc1, Buffer.from('v=0'))],
    ['of a kind that there is not', 1002, frameOf(0x83, Buffer.from('v=0'))],
    ['that goes on with a message which was not begun', 1002, frameOf(0x80, Buffer.from('v=0'))],
    ['for control in parts', 1002, frameOf(0x09, Buffer.from('ping'))],
    ['for closing with a code that must not be sent', 1002, frameOf(0x88, Buffer.from([0x03, 0xed]))],
    ['of text that is not UTF-8', 1007, frameOf(0x81, Buffer.from([0xc3, 0x28]))],
  ])('a frame %s is answered with %i', async (_, code, frame) => {
    const service = await startService({ overrides: { sessions: { closeGrace: 50 } } });
    const bytes = Buffer.concat([Buffer.from(handshake(claim('me'))), frame]);
    expect(codeIn(await exchange(service.port, bytes, { stays: true }))).toBe(code);
    await until(() => service.app.counts.sockets === 0, 'the end of the socket');
  });

  test('1009 for more than 256 KiB, and 256 KiB are read', async () => {
    const service = await startService();
    const large = await service.open('me');
    large.socket.send(OFFER + 'a'.repeat(256 * 1024 + 1 - OFFER.length));
    expect(await large.closed).toMatchObject({ code: 1009 });
    const fits = await service.open('me');
    fits.socket.send('a'.repeat(256 * 1024));
    expect(await fits.closed).toMatchObject({ code: 4400 });
  });

  test('4408 where no offer came in 120 s', async () => {
    const service = await startService();
    const client = await service.open('me');
    service.clock.advance(119_999);
    await client.settled();
    service.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 4408, reason: expect.stringMatching(/^offer-timeout: /) });
  });

  test('OFFER_TIMEOUT is a setting', async () => {
    const service = await startService({ env: { OFFER_TIMEOUT: '1.5' } });
    const client = await service.open('me');
    service.clock.advance(1500);
    expect(await client.closed).toMatchObject({ code: 4408 });
  });

  test('the offer in time ends that wait', async () => {
    const service = await startService({ env: { OFFER_TIMEOUT: '10' } });
    const { client, peer } = await service.answered('me');
    service.clock.advance(20_000);
    await client.settled();
    peer.connect();
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  test('4408 for the oldest of five sockets of a user without an offer, and nobody else', async () => {
    const service = await startService();
    const other = await service.open('you');
    const mine: TestClient[] = [];
    for (let i = 0; i < 5; i++) mine.push(await service.open('me', `device ${i}`));
    expect(await mine[0]?.closed).toMatchObject({ code: 4408, reason: expect.stringMatching(/^offer-displaced: /) });
    for (const client of [other, ...mine.slice(1)]) await client.settled();
  });

  test('sockets that sent their offer do not count among those', async () => {
    const service = await startService();
    const { client } = await service.answered('me', 'first');
    const mine: TestClient[] = [];
    for (let i = 0; i < 4; i++) mine.push(await service.open('me', `device ${i}`));
    for (const each of [client, ...mine]) await each.settled();
  });

  test('4408 for the oldest of all at the limit in all', async () => {
    const service = await startService({ overrides: { sessions: { limits: { perUser: 4, total: 3 } } } });
    const clients = [];
    for (let i = 0; i < 4; i++) clients.push(await service.open(`user ${i}`));
    expect(await clients[0]?.closed).toMatchObject({ code: 4408 });
    for (const client of clients.slice(1)) await client.settled();
  });

  test('4429 where the server filled up after the upgrade', async () => {
    const service = await startService({ env: { MAX_PEERS: '1' } });
    const late = await service.open('late');
    await service.connected('first');
    late.socket.send(OFFER);
    expect(await late.closed).toEqual({ code: 4429, reason: 'full: this server is full; try again later: MAX_PEERS' });
    expect(service.plane.openPeers).toBe(1);
  });

  test('4500 where the media plane cannot open a peer', async () => {
    const service = await startService();
    const client = await service.open('me');
    service.plane.openError = new Error('secret detail');
    client.socket.send(OFFER);
    const closed = await client.closed;
    expect(closed).toMatchObject({ code: 4500, reason: expect.stringMatching(/^internal: /) });
    expect(closed.reason).not.toContain('secret');
  });

  test('1009 after the offer too, and the connection comes up all the same', async () => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    client.socket.send('a'.repeat(256 * 1024 + 1));
    expect(await client.closed).toMatchObject({ code: 1009 });
    peer.connect();
    expect(peer.isConnected).toBe(true);
  });

  test('4500 where the media plane has no answer, and everything is freed', async () => {
    const service = await startService();
    service.plane.answerError = new Error('secret detail');
    const client = await service.open('me');
    client.socket.send(OFFER);
    const closed = await client.closed;
    expect(closed).toMatchObject({ code: 4500, reason: expect.stringMatching(/^connect-failed: /) });
    expect(closed.reason).not.toContain('secret');
    await until(() => service.plane.openPeers === 0, 'the release of the peer');
    expect(service.reported('fault')).toMatchObject([{ error: 'Error: secret detail' }]);
  });

  test.each(['gone', 'failed'] as const)('4500 where the transport ends (%s) before it is up', async (reason) => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    peer.end(reason);
    expect(await client.closed).toMatchObject({ code: 4500 });
    expect(peer.closeReason).toBe('failed');
  });

  test('4500 where nothing came up in 30 s after the answer, though the client closed its socket or not', async () => {
    const service = await startService();
    const stays = await service.answered('stays');
    const leaves = await service.answered('leaves');
    leaves.client.socket.close();
    await leaves.client.closed;
    service.clock.advance(29_999);
    expect([stays.peer.closeReason, leaves.peer.closeReason]).toEqual([null, null]);
    service.clock.advance(1);
    expect(await stays.client.closed).toMatchObject({
      code: 4500,
      reason: expect.stringMatching(/^connect-timeout: /),
    });
    expect([stays.peer.closeReason, leaves.peer.closeReason]).toEqual(['failed', 'failed']);
    await until(() => service.plane.openPeers === 0, 'the release of the peers');
  });

  test('a client that does not answer the close frame is cut off', async () => {
    const service = await startService({ overrides: { sessions: { closeGrace: 50 } } });
    const answer = askRaw(service.port, handshake(claim('me')));
    await until(() => service.app.counts.waiting === 1, 'the socket');
    service.clock.advance(120_000);
    expect(await answer).toContain('offer-timeout');
    await until(() => service.app.counts.sockets === 0, 'the end of the socket');
  });
});

test('a plain GET is 426, and the connection is closed where the client asked for that', async () => {
  const service = await startService();
  const get = (option: string): string =>
    `GET /connect HTTP/1.1\r\nHost: x\r\nConnection: ${option}\r\nX-User-Claim: {"userid":"me"}\r\n\r\n`;
  const reply = await askRaw(service.port, get('keep-alive'), get('close'));
  const [kept, closed] = reply.split(/(?<=\})(?=HTTP)/);
  expect(kept).toMatch(/^HTTP\/1\.1 426 [^]*\r\nConnection: Upgrade\r\n/);
  expect(closed).toMatch(/^HTTP\/1\.1 426 [^]*\r\nConnection: Upgrade, close\r\n/);
});

test('an upgrade that is no WebSocket handshake is 426, and the connection is closed', async () => {
  const service = await startService();
  const reply = await askRaw(service.port, handshake({ ...claim('me'), 'Sec-WebSocket-Version': '7' }));
  expect(reply).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  expect(reply).toMatch(/\r\nUpgrade: websocket\r\n/);
  expect(reply).toMatch(/\r\nSec-WebSocket-Version: 13\r\n/);
  expect(reply).toContain('"code":"upgrade-required"');
});
