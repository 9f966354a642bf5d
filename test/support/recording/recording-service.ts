// The service with media in memory and a recorder's process that records nothing, asked as an operator asks it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeChannel } from '../../../src/media/fake/channel.ts';
import type { FakePeer } from '../../../src/media/fake/peer.ts';
import type { Manifest } from '../../../src/recording/manifest/manifest.ts';
import { ask, type Reply } from '../client.ts';
import { startService, stopServices, until, type TestService } from '../service.ts';

const RECORDER = fileURLToPath(new URL('./fake-recorder.mjs', import.meta.url));
const TOKEN = 'the-token-of-an-operator';
/** As long as a recording waits for somebody to come back. */
export const ABSENCE_MS = 10_000;
/** Longer than the service waits until it tells a recorder to stop. */
export const STOP_MS = 3_000;
export const RESTART_MS = 300;

let directory: string;

/** To be called once by a file of tests: each test has a folder for its recordings, and its services end with it. */
export function useRecordings(): void {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recordings-'));
  });
  afterEach(async () => {
    await stopAll();
    await rm(directory, { recursive: true });
  });
}

const services: TestService[] = [];

export const start = async (env: Record<string, string> = {}): Promise<TestService> => {
  const service = await startService({
    env: { ADMIN_TOKEN: TOKEN, RECORDINGS_DIR: directory, RECORDINGS_RESERVE: '1', ...env },
    overrides: { recorder: RECORDER },
  });
  services.push(service);
  return service;
};

/** Recorders stop when they are told to, which takes time that here passes by hand. */
async function stopAll(): Promise<void> {
  const passing = setInterval(() => {
    for (const { clock } of services) clock.advance(500);
  }, 2);
  await stopServices();
  clearInterval(passing);
  services.length = 0;
}

export const asAdmin = (service: TestService, method: string, path: string, body?: object): Promise<Reply> =>
  ask(service.app.adminAddress?.port ?? 0, path, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

export const record = (service: TestService, pipeline = 'record-track', conversation = 'tea'): Promise<Reply> =>
  asAdmin(service, 'POST', `/conversations/${conversation}/recordings`, { pipeline });

export const idOf = ({ status, body }: Reply): string => {
  expect(status).toBe(201);
  return (JSON.parse(body) as { id: string }).id;
};

export const startedId = (service: TestService): string => {
  const [fields] = service.reported('recording-started');
  return fields !== undefined && 'recording' in fields ? (fields.recording ?? '') : '';
};

export const enter = async (service: TestService, userid: string, conversation = 'tea'): Promise<FakePeer> => {
  expect((await service.join(userid, conversation)).status).toBeLessThan(300);
  return service.connected(userid);
};

export interface Shown {
  readonly state: string;
  readonly directory: string;
  readonly manifest: Manifest;
}

export const shown = async (service: TestService, id: string): Promise<Shown> =>
  JSON.parse((await asAdmin(service, 'GET', `/recordings/${id}`)).body) as Shown;

/** Waits for something of a recording. */
export const eventually = async (
  service: TestService,
  id: string,
  holds: (shown: Shown) => boolean,
  seconds = 10,
): Promise<Shown> => {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const now = await shown(service, id);
    if (holds(now)) return now;
    if (performance.now() > deadline) throw new Error(`it did not come: ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Waits until a recording whose processes all fail has failed itself. */
export const givenUp = async (service: TestService, id: string): Promise<Shown> => {
  for (;;) {
    // At the end a process looks into each file that one of the others left.
    const now = await eventually(service, id, ({ state }) => state === 'restarting' || state === 'ended', 40);
    if (now.state === 'ended') return now;
    service.clock.advance(10_000);
  }
};

/** What somebody was told of recording: on, or off; oldest first. */
export const toldOfRecording = ({ sent }: FakeChannel): boolean[] =>
  sent
    .map((text) => JSON.parse(text) as { type: string; on?: boolean })
    .flatMap(({ type, on }) => (type === 'recording' && on !== undefined ? [on] : []));

export const stop = async (service: TestService, id: string): Promise<Manifest> => {
  const reply = asAdmin(service, 'DELETE', `/recordings/${id}`);
  await until(() => service.plane.taps.length === 0, 'the tap is closed');
  service.clock.advance(STOP_MS);
  const { status, body } = await reply;
  expect(status).toBe(200);
  return JSON.parse(body) as Manifest;
};

export const userOf = (manifest: Manifest, ssrc: number): string | undefined =>
  manifest.participants.find(({ tracks }) => tracks.some((track) => track.ssrc === ssrc))?.userid;
