// Datagrams of somebody who has no keys: from another address, before, during and after the handshakes of a call; and with
// the address of a member, once that is connected.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { droppedDatagrams } from '../../bench/lib/process.mjs';
import { Caller } from '../support/caller.ts';
import { ask } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { clientHello } from '../support/fuzz/client-hello.ts';
import { hostileDatagram, Stranger } from '../support/fuzz/datagrams.ts';
import { noSpoofing, Spoofer, type Endpoint } from '../support/fuzz/spoofer.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(240_000);

const FIRST_PORT = 23_400;
const PORTS = Array.from({ length: 12 }, (_, index) => FIRST_PORT + index);
const SPOKEN = 150;
const EGRESS = ['webrtcbin', 'direct'] as const;
let service: ServiceProcess;
let callers: Caller[] = [];

const start = async (egress: string): Promise<void> => {
  service = await ServiceProcess.start({
    EGRESS: egress,
    MAX_PEERS: String(PORTS.length),
    UDP_PORTS: `${PORTS[0]}-${PORTS.at(-1)}`,
  });
};

/** Two, in a conversation; the first is heard by the second. */
async function call(): Promise<[Caller, Caller]> {
  for (const user of ['ann', 'bob']) {
    const headers = { 'X-Proxy-Secret': service.secret };
    callers.push(await Caller.connect(service.port, user, headers));
  }
  const [ann, bob] = callers as [Caller, Caller];
  for (const caller of callers) expect(await caller.join('room')).toBe(200);
  // Until the way is there.
  await eventually('bob hears ann', async () => {
    ann.speak();
    return (await bob.heard()) > 0 ? true : null;
  });
  await delay(500);
  return [ann, bob];
}

/** But what the kernel drops, at any socket, where the machine is too busy to read what comes; and half of it at most. */
async function losesNothing([ann, bob]: readonly [Caller, Caller]): Promise<void> {
  const before = await bob.heard();
  const droppedBefore = droppedDatagrams();
  const dropped = (): number => droppedDatagrams() - droppedBefore;
  for (let i = 0; i < SPOKEN; i++) {
    ann.speak();
    await delay(20);
  }
  const due = (): number => SPOKEN - Math.min(dropped(), SPOKEN / 2);
  const hasAll = async (): Promise<true | null> => ((await bob.heard()) >= before + due() ? true : null);
  await eventually('bob has heard all of it', hasAll);
  if (dropped() > 0) process.stdout.write(`the kernel dropped ${dropped()} datagrams\n`);
  expect(service.isRunning).toBe(true);
  expect(service.output).not.toMatch(/"event":"(?:fault|peer-ended)"/);
}

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
  afterEach(async () => {
    for (const caller of callers) await caller.close();
    callers = [];
    await service.stop();
  });

  test('a call comes up and loses nothing while a stranger floods its ports', async () => {
    await start(egress);
    const stranger = new Stranger(PORTS);
    try {
      // Before there is a port, so that he is the first on each: DTLS that were taken from anybody would begin with him.
      await stranger.start('127.0.0.2', 10);
      const both = await call();
      // It is the client of each handshake: there is nobody whom a hello of somebody else could come before (RFC 5763 §5).
      expect(both[0].answer).toContain('a=setup:active');
      await losesNothing(both);
      expect(stranger.sent).toBeGreaterThan(1_000);
      process.stdout.write(`${egress}: ${stranger.sent} datagrams of a stranger\n`);
    } finally {
      stranger.close();
    }
  });

  const missing = noSpoofing();
  const where = missing === null ? test : test.skip;
  where(
    `it loses nothing while somebody sends with the address of who talks${missing === null ? '' : ` (${missing})`}`,
    async () => {
      await start(egress);
      const both = await call();
      const spoofer = new Spoofer(endpointOf(both[0].offer), endpointOf(both[0].answer));
      const sending = setInterval(() => {
        for (let n = 0; n < 10; n++) spoofer.send(hostileDatagram(spoofer.sent));
      }, 20);
      try {
        await losesNothing(both);
      } finally {
        clearInterval(sending);
        expect(await spoofer.close()).toBe(0);
      }
      expect(spoofer.sent).toBeGreaterThan(1_000);
      // Where somebody counts them: they came to where her own come.
      if (egress === 'direct') expect(await unauthentic('ann')).toBeGreaterThan(100);
    },
  );
});

/** Packets of that user's connection that were not encrypted with its keys. */
async function unauthentic(userid: string): Promise<number> {
  const { body } = await ask(service.adminPort, `/peers/${service.peerOf(userid)}`);
  const { stats } = JSON.parse(body) as { stats: { dropped: Readonly<Record<string, number>> } };
  return stats.dropped['unauthentic'] ?? 0;
}

/** Of the one host candidate that a description has. */
function endpointOf(sdp: string): Endpoint {
  const [, address = '', port] = /^a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/im.exec(sdp) ?? [];
  return { address, port: Number(port) };
}
