// The built service as a process: exit statuses, signals and what an operator reads. `npm run setup` builds it.
import { jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Caller } from '../support/caller.ts';
import { ask, claim, handshake, TestClient } from '../support/client.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const NODE_GST = new URL('../../node-gst/index.cjs', import.meta.url).href;
/** Audio, video, slots for both and a data channel. */
const OFFER = readFileSync(new URL('../fixtures/offers/chromium-156-events.sdp', import.meta.url), 'utf8');
const SETTINGS = { LISTEN: '127.0.0.1:0', ADMIN_LISTEN: '127.0.0.1:0', ICE_ADDRESSES: '127.0.0.1', LOG_LEVEL: 'info' };

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is not there: run npm run setup');
});

// Starting loads GStreamer, which takes its time on a busy machine.
jest.setTimeout(60_000);

/** What a test leaves behind when it fails half way would keep the whole run from ending. */
const leftovers: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of leftovers.splice(0)) await end();
});

class Running {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  /** Resolves with the exit status; with the signal's name where one ended it. */
  readonly exit: Promise<number | string>;

  /** @param before a command of the shell that starts it */
  constructor(env: Record<string, string>, args: string[] = [], before = ':') {
    this.child = spawn('sh', ['-c', `${before}; exec "$0" "$@"`, process.execPath, ...args, MAIN], {
      env: { ...process.env, ...SETTINGS, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    leftovers.push(() => {
      this.child.kill('SIGKILL');
      return this.exit;
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // `close`, not `exit`: everything it wrote is read then.
    this.exit = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** The port, once it listens. */
  async listening(): Promise<number> {
    for (;;) {
      const port = /"event":"server-listening","address":"[^"]*:(\d+)"/.exec(this.stdout)?.[1];
      if (port !== undefined) return Number(port);
      const ended = await Promise.race([this.exit, once(this.child.stdout!, 'data')]);
      if (!Array.isArray(ended)) throw new Error(`ended with ${ended}: ${this.stderr}`);
    }
  }
}

/** Arguments for Node that run this module before the service. */
const importing = (code: string): string[] => ['--import', `data:text/javascript,${encodeURIComponent(code)}`];

/** One line, without a stack. */
const expectLine = (text: string, pattern: RegExp): void => {
  expect(text).toMatch(pattern);
  expect(text.trimEnd().split('\n')).toHaveLength(1);
};

describe('a start that fails', () => {
  test('78 for a setting, naming the variable, its value and what is allowed', async () => {
    const service = new Running({ JOIN_TTL: 'soon' });
    expect(await service.exit).toBe(78);
    expectLine(service.stderr, /^backend-webrtc: a setting is wrong: JOIN_TTL="soon": .*; allowed: seconds/);
    expect(service.stdout).toBe('');
  });

  test('1 for a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    leftovers.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const service = new Running({ LISTEN: `127.0.0.1:${port}` });
    expect(await service.exit).toBe(1);
    expectLine(service.stderr, new RegExp(`LISTEN=127\\.0\\.0\\.1:${port}: something else listens there: .*choose`));
    expect(service.stdout).toBe('');
  });

  test('1 for an address that this machine does not have', async () => {
    const service = new Running({ LISTEN: '192.0.2.1:8080' });
    expect(await service.exit).toBe(1);
    expectLine(service.stderr, /LISTEN=192\.0\.2\.1:8080: this machine has no such address/);
  });

  test('1 for a port that needs privileges, whoever runs this', async () => {
    // Root may listen everywhere, and elsewhere the system may leave low ports to everybody: the refusal is put in.
    const refuse = `import net from 'node:net';
      net.Server.prototype.listen = function () {
        const error = Object.assign(new Error('listen EACCES: permission denied'), { code: 'EACCES', syscall: 'listen' });
        process.nextTick(() => this.emit('error', error));
        return this;
      };`;
    const service = new Running({ LISTEN: '127.0.0.1:80', ADMIN_LISTEN: 'off' }, importing(refuse));
    expect(await service.exit).toBe(1);
    expectLine(service.stderr, /LISTEN=127\.0\.0\.1:80: port 80 needs privileges: .*choose a port above 1023/);
    expect(service.stdout).toBe('');
  });

  test('69 where webrtcbin is built otherwise inside, naming what was looked for', async () => {
    const otherwise = `import gst from ${JSON.stringify(NODE_GST)};
      const { peerMedia } = gst;
      gst.peerMedia = (...args) => {
        const media = peerMedia(...args);
        const stats = media.stats.bind(media);
        media.stats = () => ({ ...stats(), hooks: stats().hooks.filter((hook) => !/^rtp(bin|session)$/.test(hook)) });
        return media;
      };`;
    const service = new Running({}, importing(otherwise));
    expect(await service.exit).toBe(69);
    expectLine(service.stderr, /elements are missing: webrtcbin has no rtpbin, rtpsession inside$/m);
    expect(service.stdout).toBe('');
  });

  test('69 where GStreamer elements are missing, with their packages', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'no-plugins-'));
    const service = new Running({
      GST_PLUGIN_SYSTEM_PATH_1_0: empty,
      GST_PLUGIN_PATH_1_0: empty,
      GST_REGISTRY: join(empty, 'registry'),
    });
    expect(await service.exit).toBe(69);
    rmSync(empty, { recursive: true });
    expectLine(service.stderr, /elements are missing: .*webrtcbin \(Debian package gstreamer1\.0-plugins-bad\)/);
  });
});

/** Libraries and plugins that a process has loaded. */
const loaded = (pid: number): string[] => [
  ...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\/\S+\.so[\d.]*$/gm) ?? []),
];

test('the first caller has his answer within a second: nothing is left to be loaded or made for him', async () => {
  const service = new Running({});
  const port = await service.listening();
  const pid = service.child.pid!;
  const atStart = loaded(pid);
  expect(atStart.join()).toContain('libgstwebrtc');
  const answers: string[] = [];
  for (const userid of ['first', 'second']) {
    const client = await TestClient.open(port, claim(userid));
    if (!(client instanceof TestClient)) throw new Error(`refused with ${client.status}`);
    leftovers.push(() => client.socket.terminate());
    const started = performance.now();
    client.socket.send(OFFER);
    answers.push((await client.message()).text);
    expect(performance.now() - started).toBeLessThan(1000);
  }
  expect(loaded(pid).filter((file) => !atStart.includes(file))).toEqual([]);
  // The certificate takes longest. It is the process's one, so the peer that is tried out at the start has made it.
  const [first, second] = answers.map((text) => text.match(/^a=fingerprint:\S+ \S+$/gm));
  expect(first?.length).toBeGreaterThan(0);
  expect(second).toEqual(first);
});

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it in order: 0', async (signal) => {
    const service = new Running({});
    const port = await service.listening();
    expect((await ask(port, '/join/room', { method: 'POST', headers: claim('me') })).status).toBe(200);
    service.child.kill(signal);
    expect(await service.exit).toBe(0);
    expect(service.stdout).toContain('"event":"server-closed"');
    expect(service.stderr).toBe('');
  });

  test('a second one ends it at once', async () => {
    const service = new Running({});
    const port = await service.listening();
    // A client that never answers the close frame would hold the end up for 5 s.
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    leftovers.push(() => socket.destroy());
    socket.write(handshake(claim('me')));
    await once(socket, 'data');
    service.child.kill('SIGTERM');
    // The close frame: it is closing now.
    await once(socket, 'data');
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(128 + 15);
  });
});

describe('with time for conversations', () => {
  const inCall = async (args: string[] = []): Promise<{ service: Running; port: number; ann: Caller }> => {
    const service = new Running({ DRAIN_TIMEOUT: '60' }, args);
    const port = await service.listening();
    const ann = await Caller.connect(port, 'ann');
    expect(await ann.join('room')).toBe(200);
    return { service, port, ann };
  };

  /** Until it says so. */
  const draining = async (service: Running): Promise<void> => {
    while (!service.stdout.includes('"event":"server-draining"')) await once(service.child.stdout!, 'data');
  };

  test('a call goes on after SIGTERM, nobody new gets in, and its end is the end: 0', async () => {
    const { service, port, ann } = await inCall();
    service.child.kill('SIGTERM');
    await draining(service);
    const reply = await ask(port, '/join/room', { method: 'POST', headers: claim('bob') });
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'draining' });
    expect(service.stdout).not.toContain('"event":"peer-ended"');
    expect((await ask(port, '/join/room', { method: 'DELETE', headers: claim('ann') })).status).toBe(204);
    expect(await service.exit).toBe(0);
    expect(service.stdout).toContain('"reason":"shutdown"');
    expect(service.stdout).toContain('"event":"server-closed"');
    await ann.close();
  });

  test('a second signal ends the waiting at once', async () => {
    const { service, ann } = await inCall();
    service.child.kill('SIGTERM');
    await draining(service);
    service.child.kill('SIGINT');
    expect(await service.exit).toBe(128 + 2);
    expect(service.stdout).not.toContain('server-closed');
    await ann.close();
  });

  test('a bug ends the waiting, in order: 70', async () => {
    const { service, ann } = await inCall(importing(`process.on('SIGUSR2', () => { throw new Error('a bug') })`));
    service.child.kill('SIGTERM');
    await draining(service);
    service.child.kill('SIGUSR2');
    expect(await service.exit).toBe(70);
    expect(service.stdout.match(/"event":"fault"/g)).toHaveLength(1);
    expect(service.stdout).toContain('"event":"server-closed"');
    await ann.close();
  });
});

test('a bug is logged once and ends it in order: 70', async () => {
  const thrower = `process.on('SIGUSR2', () => { throw new Error('a bug') })`;
  const service = new Running({}, importing(thrower));
  await service.listening();
  service.child.kill('SIGUSR2');
  expect(await service.exit).toBe(70);
  expect(service.stdout.match(/"event":"fault"/g)).toHaveLength(1);
  expect(service.stdout).toContain('Error: a bug');
  expect(service.stdout).toContain('"event":"server-closed"');
});

test('a promise that nobody caught is a bug too', async () => {
  const thrower = `process.on('SIGUSR2', () => { Promise.reject(new Error('a bug')) })`;
  const service = new Running({}, importing(thrower));
  await service.listening();
  service.child.kill('SIGUSR2');
  expect(await service.exit).toBe(70);
  expect(service.stdout.match(/"event":"fault"/g)).toHaveLength(1);
});

test('limits of the system that will not suffice are warned about, with the number to set', async () => {
  const short = new Running({ MAX_PEERS: '300' }, [], 'ulimit -n 1024');
  await short.listening();
  expect(short.stdout).toMatch(
    /"level":"warn".*"event":"limit-short","limit":"open files","allowed":1024,"needed":4060,/,
  );
  expect(short.stdout).toContain('ulimit -n 4060, LimitNOFILE=4060');
  const enough = new Running({ MAX_PEERS: '10', MAX_TAPS: '1' });
  await enough.listening();
  expect(enough.stdout).not.toContain('limit-short');
});

test('a listener that anybody can reach is warned about', async () => {
  const exposed = new Running({ LISTEN: ':0' });
  await exposed.listening();
  expect(exposed.stdout).toContain('"event":"listener-exposed"');
  const guarded = new Running({ LISTEN: ':0', PROXY_SECRET: 'a-secret-of-the-proxy' });
  await guarded.listening();
  expect(guarded.stdout).not.toContain('listener-exposed');
  expect(guarded.stdout).not.toContain('a-secret-of-the-proxy');
});
