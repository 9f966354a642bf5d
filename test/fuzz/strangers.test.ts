// Datagrams of somebody who has no keys: from another address, before, during and after the handshakes of a call; and with
// the address of a member, while he connects and when he is connected. Two talk meanwhile: each packet of theirs is counted.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { Call, type Heard } from '../support/fuzz/call.ts';
import { hostileDatagram } from '../support/fuzz/datagrams.ts';
import { clientHello } from '../support/fuzz/dtls.ts';
import { connectUnder, HANDSHAKE_ATTACKS, type Disturbed } from '../support/fuzz/handshakes.ts';
import { losesNothing } from '../support/fuzz/loses-nothing.ts';
import { viewOf, type PeerView } from '../support/fuzz/peer-view.ts';
import { heldAgain, heldAtRest, type Held } from '../support/fuzz/rest.ts';
import { Sniffer } from '../support/fuzz/sniffer.ts';
import { noSpoofing, Spoofer } from '../support/fuzz/spoofer.ts';
import { Stranger } from '../support/fuzz/stranger.ts';
import { genuineCheck } from '../support/fuzz/stun-attacks.ts';
import { ERROR, readStun } from '../support/fuzz/stun.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(240_000);

const FIRST_PORT = 23_400;
const PORTS = Array.from({ length: 12 }, (_, index) => FIRST_PORT + index);
const EGRESS = ['webrtcbin', 'direct'] as const;
const FLOOD_MS = 3_000;
/** Of each attack on a handshake so many connects that it comes during one, and not more connects than that. */
const HITS = 2;
const MOST_CONNECTS = 8;
/** How often what a member has sent comes once more. */
const COPIES = 2;

const missing = noSpoofing();
const withSpoofing = missing === null ? test : test.skip;
const reason = missing === null ? '' : ` (${missing})`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const told = ({ threads, files }: Held): string => `${threads.length} and ${files}`;

test('the hello of a stranger is one that a server answers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hello-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-subj', '/CN=hello', ...made], { stdio: 'ignore' });
  const port = PORTS[0]!;
  const server = spawn('openssl', ['s_server', '-dtls', '-accept', `127.0.0.1:${port}`, '-cert', cert, '-key', key]);
  const socket = createSocket('udp4');
  try {
    await once(server.stdout, 'data'); // ACCEPT
    socket.send(clientHello(), port, '127.0.0.1');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    // A handshake record with a HelloVerifyRequest, as one gets who has begun right (RFC 6347 §4.2.1).
    expect([answer[0], answer[13]]).toEqual([22, 3]);
  } finally {
    socket.close();
    server.kill();
    rmSync(folder, { recursive: true });
  }
});

describe.each(EGRESS)('%s', (egress) => {
  let service: ServiceProcess;
  let before: Held;
  let call: Call | null = null;

  beforeAll(async () => {
    service = await ServiceProcess.start({
      EGRESS: egress,
      MAX_PEERS: String(PORTS.length),
      UDP_PORTS: `${PORTS[0]}-${PORTS.at(-1)}`,
      PEER_TIMEOUT: '3',
      CONNECT_TIMEOUT: '4',
    });
    // Whatever is made once in the life of a process is there then.
    await (await Call.open(service)).close();
    before = await heldAtRest(service);
  });
  afterEach(async () => {
    await call?.close();
    call = null;
  });
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
  });

  /** The call and the service, after what was sent. */
  const areUnharmed = (heard: readonly Heard[]): void => {
    losesNothing(heard, 100, egress);
    expect(service.isRunning).toBe(true);
    expect(service.output).not.toMatch(/"event":"fault"|CRITICAL|"level":"(?:error|fatal)"/);
    expect(service.output).not.toMatch(/"event":"peer-ended"[^\n]*"userid":"(?:ann|bob)"[^\n]*"reason":"failed"/);
  };
  const ann = (): Promise<PeerView> => viewOf(service, 'room', 'ann');
  /** Packets that came to her socket and were not encrypted with her keys, or came before: where somebody counts them. */
  const unauthentic = async (): Promise<number> => (await ann()).stats.dropped['unauthentic'] ?? 0;

  /** For so long, and as long as it takes on a busy machine. */
  const flooded = (isEnough: () => boolean): Promise<unknown> =>
    Promise.all([delay(FLOOD_MS), eventually('so much was sent', () => (isEnough() ? true : null), 60)]);

  test('a call comes up and loses nothing while a stranger floods its ports', async () => {
    const stranger = new Stranger(PORTS);
    try {
      // Before there is a port, so that he is the first on each: DTLS that were taken from anybody would begin with him.
      await stranger.start('127.0.0.2', 10);
      call = await Call.open(service);
      // It is the client of each handshake: there is nobody whom a hello of somebody else could come before (RFC 5763 §5).
      expect(call.ann.answer).toContain('a=setup:active');
      stranger.aim = call.ann.aim;
      const answers = stranger.answers;
      // They are read at the sockets of the call: whoever has no password is told so.
      await flooded(() => stranger.sent > 1_000 && stranger.answers - answers > 20);
      areUnharmed(await call.heard());
      if (egress === 'direct') expect(await unauthentic()).toBeGreaterThan(20);
      expect(stranger.media).toBe(0);
      say(`${egress}: ${stranger.sent} datagrams of a stranger, ${stranger.answers} answers`);
    } finally {
      stranger.close();
    }
  });

  test('who sends the checks of a member again, from elsewhere, is sent no media', async () => {
    call = await Call.open(service);
    const { aim, service: port } = call.ann;
    const stranger = new Stranger([port.port], () => genuineCheck(aim));
    try {
      await stranger.start('127.0.0.2', 1);
      await flooded(() => stranger.answers > 20);
      areUnharmed(await call.heard());
      expect(stranger.media).toBe(0);
    } finally {
      stranger.close();
    }
  });

  withSpoofing(`it loses nothing while somebody sends with the address of who talks${reason}`, async () => {
    call = await Call.open(service);
    const { own, service: port, aim } = call.ann;
    const spoofer = new Spoofer(own, port.address);
    let refused = 0;
    const sniffer = await Sniffer.open(own, port, (datagram, source) => {
      if (source === port.port && readStun(datagram)?.type === ERROR) refused += 1;
    });
    const sending = setInterval(() => {
      for (let n = 0; n < 10; n++) spoofer.send(hostileDatagram(spoofer.sent, aim), port.port);
    }, 20);
    try {
      // They come to where her own come: the service answers her that they are none of hers.
      await flooded(() => spoofer.sent > 1_000 && refused > 20);
      areUnharmed(await call.heard());
    } finally {
      clearInterval(sending);
      expect(await spoofer.close()).toBe(0);
      await sniffer.close();
    }
    if (egress === 'direct') expect(await unauthentic()).toBeGreaterThan(100);
    say(`${egress}: ${spoofer.sent} datagrams with the address of who talks, ${refused} answers to her`);
  });

  withSpoofing(`what a member has sent is taken once, however often it comes${reason}`, async () => {
    call = await Call.open(service);
    const { own, service: port } = call.ann;
    const spoofer = new Spoofer(own, port.address);
    /** How often each datagram came. */
    const came = new Map<string, number>();
    const again = { rtp: 0, rtcp: 0 };
    const sniffer = await Sniffer.open(own, port, (datagram, source) => {
      if (source !== own.port || datagram.readUInt8(0) >> 6 !== 2) return;
      const key = datagram.toString('hex');
      const times = (came.get(key) ?? 0) + 1;
      came.set(key, times);
      if (times > 1) return;
      const type = datagram.readUInt8(1);
      again[type >= 192 && type <= 223 ? 'rtcp' : 'rtp'] += 1;
      for (let n = 0; n < COPIES; n++) spoofer.send(datagram, port.port);
    });
    try {
      const first = await ann();
      call.begin();
      // webrtcbin's reports come every few seconds.
      await eventually('reports of hers are sent again, too', () => (again.rtcp >= 2 && again.rtp > 150 ? true : null));
      const heard = await call.heard();
      areUnharmed(heard);
      call.ann.client.quiet();
      expect(await spoofer.close()).toBe(0);
      await delay(500);
      const last = await ann();
      const copies = [...came.values()].reduce((sum, times) => sum + times - 1, 0);
      expect(copies).toBe(spoofer.sent);
      // Each of hers was counted once, whatever came besides.
      expect(last.stats.received.packets - first.stats.received.packets).toBeLessThanOrEqual(again.rtp);
      expect(last.stats.received.packets - first.stats.received.packets).toBeGreaterThanOrEqual(heard[0]!.sent);
      const dropped = (last.stats.dropped['unauthentic'] ?? 0) - (first.stats.dropped['unauthentic'] ?? 0);
      if (egress === 'direct') expect(dropped).toBe(copies);
      say(`${egress}: ${again.rtp} packets and ${again.rtcp} reports came ${1 + COPIES} times`);
    } finally {
      await sniffer.close();
    }
  });

  withSpoofing(`what is sent with the address of who connects costs nobody else anything${reason}`, async () => {
    call = await Call.open(service);
    const came: string[] = [];
    for (const { what, make, isWithstood } of HANDSHAKE_ATTACKS) {
      const all: Disturbed[] = [];
      const hits = (): Disturbed[] => all.filter(({ during }) => during > 0);
      while (hits().length < HITS && all.length < MOST_CONNECTS) all.push(await connectUnder(service, PORTS, make));
      const up = (some: readonly Disturbed[]): number => some.filter(({ code }) => code === 1000).length;
      const missed = all.filter(({ during }) => during === 0);
      came.push(
        `${what}: ${up(hits())} of ${hits().length} (where it came too late: ${up(missed)} of ${missed.length})`,
      );
      // Up, or told that it is not.
      for (const { code } of all) expect([1000, 4500]).toContain(code);
      expect({ what, hits: hits().length }).toEqual({ what, hits: HITS });
      if (isWithstood) expect({ what, up: up(all) }).toEqual({ what, up: all.length });
    }
    say(`${egress}: who came up while it was sent:\n  ${came.join('\n  ')}`);
    expect((await connectUnder(service, PORTS, null)).code).toBe(1000);
    areUnharmed(await call.heard());
  });

  test('nothing of all this stays when all have left', async () => {
    const { threads, files } = await heldAgain(service, before);
    say(`${egress}: threads and files: ${told(before)}, then ${told({ threads, files })}`);
    expect(threads.length <= before.threads.length ? [] : threads).toEqual([]);
    expect(files).toBeLessThanOrEqual(before.files);
  });
});
