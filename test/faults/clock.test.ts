// The wall clock is set forward and back by an hour while people talk and are recorded.
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Manifest } from '../../src/recording/manifest/manifest.ts';
import { Callers, hearsAll } from '../support/callers.ts';
import { ask } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(120_000);

const TOKEN = 'the-token-of-the-operator';
const HOUR_MS = 3_600_000;
const ARCHITECTURE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const LIBRARY = `/usr/lib/${ARCHITECTURE}-linux-gnu/faketime/libfaketime.so.1`;

test('media, joins, timers and recordings go by another clock', async () => {
  if (!existsSync(LIBRARY)) throw new Error('the Debian package faketime is not there: run npm run setup');
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const offset = join(folder, 'offset');
  const setClock = (hours: number): void => {
    writeFileSync(`${offset}.new`, `${hours >= 0 ? '+' : ''}${hours * 3600}\n`);
    renameSync(`${offset}.new`, offset);
  };
  setClock(0);
  const service = await ServiceProcess.start({
    ADMIN_TOKEN: TOKEN,
    RECORDINGS_DIR: join(folder, 'recordings'),
    RECORDINGS_RESERVE: '1',
    PEER_TIMEOUT: '8',
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });
  const admin = async <T>(method: string, path: string, body = ''): Promise<T> => {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
    return JSON.parse((await ask(service.adminPort, path, { method, headers, body })).body) as T;
  };
  try {
    await using callers = new Callers(service);
    const [ann, bob] = await callers.inCall();
    const { id } = await admin<{ id: string }>('POST', '/conversations/room/recordings', '{"pipeline":"record-track"}');
    const began = performance.now();
    for (const hours of [1, -1, 0]) {
      const hearing = [hearsAll(ann, bob), hearsAll(bob, ann)];
      setClock(hours);
      await eventually('the clock is another', async () =>
        Math.abs((await timeOf(service)) - Date.now() - hours * HOUR_MS) < HOUR_MS / 2 ? true : null,
      );
      await Promise.all(hearing);
    }
    const tookMs = performance.now() - began;
    expect(service.output).not.toMatch(/"event":"(?:peer-ended|user-left|recording-trouble|recording-failed)"/);
    const { segments, participants } = await admin<Manifest>('DELETE', `/recordings/${id}`);
    expect(segments).toHaveLength(participants.length);
    for (const { durationMs, closed } of segments) {
      expect(closed).toBe('stopped');
      expect(Math.abs(durationMs - tookMs)).toBeLessThan(3_000);
    }
    for (const { tracks } of participants) expect(tracks.flatMap(({ gaps }) => gaps)).toEqual([]);
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true });
  }
});

/** What the service takes for the time: each refused request makes it log one line. */
async function timeOf(service: ServiceProcess): Promise<number> {
  const refused = (): string[] =>
    [...service.output.matchAll(/"time":"([^"]+)","event":"request-refused"/g)].map(([, time = '']) => time);
  const before = refused().length;
  await ask(service.port, '/nothing');
  const time = await eventually('a line of the log', () => refused()[before] ?? null);
  return Date.parse(time);
}
