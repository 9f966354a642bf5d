// The media examples, as processes, against the built service: what is published is heard, and what is recorded can be played.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { ownAddresses } from '../../demo/service.mjs';
import { play } from '../support/recording/ffprobe.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { sectionUnder } from '../support/markdown.ts';

jest.setTimeout(120_000);

const README = readFileSync(new URL('../../examples/README.md', import.meta.url), 'utf8');
const SECONDS = 6;
const TONE_HZ = 440;

let service: ServiceProcess;
let folder: string;
const running: Example[] = [];

beforeAll(async () => {
  // webrtcbin pairs no address of its own with a loopback one.
  service = await ServiceProcess.start({ ICE_ADDRESSES: ownAddresses().join(',') });
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
});
afterAll(async () => {
  for (const example of running) example.kill();
  await service.stop();
  rmSync(folder, { recursive: true });
});

class Example {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';

  constructor(name: string, ...args: string[]) {
    const options = ['--service', `http://127.0.0.1:${service.port}`, '--conversation', 'of examples'];
    this.#child = spawn(process.execPath, [`examples/${name}.mjs`, ...args, ...options], {
      env: { ...process.env, PROXY_SECRET: service.secret },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const out of [this.#child.stdout, this.#child.stderr]) {
      out?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    }
    this.#ended = once(this.#child, 'close');
    running.push(this);
  }

  async says(word: string): Promise<void> {
    while (!this.#said.includes(word)) {
      const next = Promise.race([once(this.#child.stdout!, 'data'), this.#ended.then(() => null)]);
      if ((await next) === null && !this.#said.includes(word))
        throw new Error(`it ended without a word:\n${this.#said}`);
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Its exit status, with what it said where it is not 0. */
  async end(): Promise<string> {
    await this.#ended;
    return this.#child.exitCode === 0 ? 'well' : `${String(this.#child.exitCode)}: ${this.#said}`;
  }
}

/** Runs the command of the README that makes a file, with a tone that can be told from another. */
function madeAsDocumented(): string {
  const [, block = ''] = /```sh\n([^]*?)\n\nnode/.exec(sectionUnder(README, 'A file into a conversation')) ?? [];
  const command = block
    .replace('audiotestsrc', `audiotestsrc freq=${TONE_HZ}`)
    .replace('gst-launch-1.0', 'gst-launch-1.0 -q');
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: folder });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return join(folder, 'talk.webm');
}

const RATE = 48_000;

/** How often a second the sound goes through zero upwards, from the second second to the fourth. */
function pitchOf(file: string): number {
  const { stdout } = spawnSync('ffmpeg', [
    '-v',
    'error',
    '-i',
    file,
    '-ac',
    '1',
    '-ar',
    String(RATE),
    '-f',
    's16le',
    '-',
  ]);
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.byteLength / 2).slice(RATE, 3 * RATE);
  expect(samples).toHaveLength(2 * RATE);
  return samples.filter((value, index) => value >= 0 && (samples[index - 1] ?? 0) < 0).length / 2;
}

test('a file that is published is heard and seen, and recorded from outside', async () => {
  const made = madeAsDocumented();
  const recorded = join(folder, 'recording');
  const recorder = new Example('record', recorded, '--user', 'recorder', '--audio', '2', '--video', '1');
  await recorder.says('connected');
  const publisher = new Example('publish', made, '--user', 'robot');
  expect(await publisher.end()).toBe('well');
  recorder.interrupt();
  expect(await recorder.end()).toBe('well');

  const [audio, video] = ['audio-0.webm', 'video-0.webm'].map((name) => play(join(recorded, name)));
  expect([audio?.complaints, video?.complaints]).toEqual(['', '']);
  expect(audio?.streams).toMatchObject([{ codec: 'opus', start: 0 }]);
  expect(video?.streams).toMatchObject([{ codec: 'vp8', start: 0, beginsWithKey: true }]);
  // Of the picture, what comes before the first key frame behind the connection is missing: a second at most.
  expect(audio?.end).toBeGreaterThan(SECONDS - 1);
  expect(audio?.end).toBeLessThan(SECONDS + 1);
  expect(video?.end).toBeGreaterThan(SECONDS - 2);
  expect(pitchOf(join(recorded, 'audio-0.webm'))).toBeCloseTo(TONE_HZ, -1);
  // There was nobody for the other slot.
  expect(existsSync(join(recorded, 'audio-1.webm'))).toBe(false);

  const events = readFileSync(join(recorded, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(events).toContainEqual(expect.objectContaining({ type: 'file', file: 'audio-0.webm' }));
  const robot = expect.objectContaining({ userid: 'robot' }) as unknown;
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'slots',
      slots: expect.objectContaining({ audio0: robot, video2: robot }) as unknown,
    }),
  );
});

test('what the service refuses is said', async () => {
  const publisher = new Example('publish', join(folder, 'talk.webm'), '--user', '');
  expect(await publisher.end()).toMatch(/^1: [^]*POST \/join\/of%20examples: 400/);
});
