// Recordings over the whole service, with media in memory and a recorder's process that records nothing.
import { jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, type Manifest } from '../../../src/recording/manifest/manifest.ts';
import {
  ABSENCE_MS,
  RESTART_MS,
  STOP_MS,
  asAdmin,
  enter,
  eventually,
  givenUp,
  idOf,
  record,
  shown,
  start,
  startedId,
  stop,
  useRecordings,
  userOf,
} from '../../support/recording/recording-service.ts';
import { until, type TestService } from '../../support/service.ts';

// Each recorder is a process of its own, and what is left of one that was killed is looked into by another.
jest.setTimeout(60_000);
useRecordings();

describe('a recording', () => {
  test('has everybody who is there, and who comes, as long as he is there', async () => {
    const service = await start();
    const ann = await enter(service, 'ann');
    const id = idOf(await record(service));
    const ben = await enter(service, 'ben');
    const [tap] = service.plane.taps;
    await eventually(service, id, ({ manifest }) => manifest.segments.length === 2);
    expect(tap?.slots.map((slot) => service.plane.heardBy(slot))).toEqual([ann.tracks[0], ben.tracks[0]]);

    await service.ask('/join/tea', { method: 'DELETE', headers: { 'X-User-Claim': '{"userid":"ann"}' } });
    expect(tap?.slots.map((slot) => service.plane.heardBy(slot))).toEqual([ben.tracks[0]]);
    await eventually(service, id, ({ manifest }) => manifest.segments[0]?.closed === 'ended');

    const list = JSON.parse((await asAdmin(service, 'GET', '/recordings')).body) as { recordings: object[] };
    expect(list.recordings).toMatchObject([{ id, conversation: 'tea', pipeline: 'record-track', state: 'recording' }]);
    const { directory: own } = await shown(service, id);
    const manifest = await stop(service, id);
    expect(manifest).toMatchObject({ recording: id, conversation: 'tea', state: 'finished', interrupted: false });
    expect(manifest.segments.map(({ closed, tracks }) => [userOf(manifest, tracks[0]?.ssrc ?? 0), closed])).toEqual([
      ['ann', 'ended'],
      ['ben', 'stopped'],
    ]);
    expect(readManifest(await readFile(join(own, 'manifest.json'), 'utf8'))).toEqual(manifest);
    expect((await shown(service, id)).state).toBe('ended');
    expect(service.reported('recording-started')).toMatchObject([{ recording: id, requestedBy: 'the admin listener' }]);
    expect(service.reported('segment-closed')).toHaveLength(2);
    expect(service.reported('recording-finished')).toMatchObject([{ recording: id, segments: 2, interrupted: false }]);
    expect(service.reported('recording-failed')).toEqual([]);
    expect(service.reported('fault')).toEqual([]);
  });

  test('gives its recorder nothing of the environment', async () => {
    process.env['A_SECRET_OF_THE_TEST'] = 'yes';
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    delete process.env['A_SECRET_OF_THE_TEST'];
    const { directory: own } = await shown(service, id);
    const env = JSON.parse(await readFile(join(own, '.env'), 'utf8')) as object;
    expect(Object.keys(env).sort()).toEqual(['GST_REGISTRY', 'HOME', 'LANG']);
  });

  test('ends with the conversation', async () => {
    const service = await start();
    const ann = await enter(service, 'ann');
    const id = idOf(await record(service));
    ann.end('gone');
    service.clock.advance(ABSENCE_MS - 1);
    expect(service.plane.taps).toHaveLength(1);
    service.clock.advance(1);
    await until(() => service.plane.taps.length === 0);
    service.clock.advance(STOP_MS);
    const { manifest } = await eventually(service, id, ({ state }) => state === 'ended');
    expect(manifest.entries.at(-1)).toMatchObject({ type: 'finished', text: 'the conversation ended' });
  });

  test('ends at once where an operator ends the conversation, and another begins where somebody joins it again', async () => {
    const service = await start({ RECORD: 'all' });
    await enter(service, 'ann');
    await until(() => service.reported('recording-started').length === 1);
    const id = startedId(service);
    await eventually(service, id, ({ manifest }) => manifest.segments.length === 1);
    const ended = asAdmin(service, 'DELETE', '/conversations/tea');
    await until(() => service.plane.taps.length === 0, 'the tap is closed');
    service.clock.advance(STOP_MS);
    expect((await ended).status).toBe(204);
    const { state, manifest } = await shown(service, id);
    expect([state, manifest.segments[0]?.closed]).toEqual(['ended', 'stopped']);
    expect(manifest.entries.at(-1)).toMatchObject({ type: 'finished', text: 'the conversation was ended' });
    await service.join('ann', 'tea');
    await until(() => service.reported('recording-started').length === 2);
  });

  test('goes on where the only one who is there loads his page again, in the same files', async () => {
    const service = await start({ RECORD: 'all' });
    const ann = await enter(service, 'ann');
    await until(() => service.reported('recording-started').length === 1);
    const id = startedId(service);
    await eventually(service, id, ({ manifest }) => manifest.segments.length === 1);
    ann.end('gone');
    service.clock.advance(ABSENCE_MS - 1);
    const again = await service.connected('ann');
    expect(service.plane.taps[0]?.slots.map((slot) => service.plane.heardBy(slot))).toEqual([again.tracks[0]]);
    // Its process has said something since then: of one that is silent for so long another would take the place.
    const { manifest } = await eventually(service, id, (each) => each.manifest.segments.length === 2);
    service.clock.advance(ABSENCE_MS);
    // Each connection has a CSRC of its own, and stands for itself.
    expect(manifest.participants).toMatchObject([
      { userid: 'ann', tracks: [{ ssrc: 1 }] },
      { userid: 'ann', tracks: [{ ssrc: 2 }] },
    ]);
    expect(service.reported('recording-started')).toHaveLength(1);
    expect(service.plane.taps).toHaveLength(1);
  });

  test('that is stopped while nobody is there ends at once', async () => {
    const service = await start();
    const ann = await enter(service, 'ann');
    const id = idOf(await record(service));
    ann.end('gone');
    const { entries } = await stop(service, id);
    expect(entries.at(-1)).toMatchObject({ type: 'finished', text: 'it was asked for' });
  });

  test('goes on with a new process where its own was killed, under the same SSRCs; what was open is closed', async () => {
    const service = await start();
    await enter(service, 'ann');
    await enter(service, 'ben');
    const id = idOf(await record(service));
    const before = await eventually(service, id, ({ manifest }) => manifest.segments.length === 2);
    const pid = pidsOf(before.manifest).at(-1) ?? 0;
    process.kill(pid, 'SIGKILL');
    await eventually(service, id, ({ state }) => state === 'restarting');
    expect(service.plane.taps).toEqual([]);
    const ben = service.newest();
    ben.end('gone');
    service.clock.advance(RESTART_MS);
    const after = await eventually(
      service,
      id,
      ({ manifest: { segments } }) => segments.length === 3 && segments[1]?.closed !== null,
    );
    expect(after.manifest.segments.map(({ closed }) => closed)).toEqual(['interrupted', 'interrupted', null]);
    expect(after.manifest.segments[2]?.segment).toBeGreaterThan(1000);
    expect(after.manifest.entries.filter(({ type }) => type === 'track')).toHaveLength(2);
    expect(after.manifest.entries.filter(({ type }) => type === 'track-ended')).toMatchObject([{ ssrc: 2 }]);
    expect(after.manifest.entries.findLast(({ type }) => type === 'segment-opened')).toMatchObject({ tracks: [1] });
    expect(after.manifest.troubles).toMatchObject([{ text: 'SIGKILL' }]);
    expect(pidsOf(after.manifest)).toHaveLength(2);
    expect(service.reported('recording-trouble')).toMatchObject([{ detail: 'the recorder ended: SIGKILL' }]);
    // What it left is told as what it closed itself would have been.
    const [first, second] = before.manifest.segments;
    expect(service.reported('segment-closed')).toMatchObject([
      { recording: id, segment: first?.segment, files: 1 },
      { recording: id, segment: second?.segment, files: 1 },
    ]);
    const { segments, troubles } = await stop(service, id);
    expect(segments.map(({ closed }) => closed)).toEqual(['interrupted', 'interrupted', 'stopped']);
    // The end of the second process is none.
    expect(troubles).toEqual(after.manifest.troubles);
  });

  test.each(['nonsense', 'endless'])('ends a process that says what is no message: %s', async (userid) => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    await enter(service, userid);
    const { manifest } = await eventually(service, id, ({ state }) => state === 'restarting');
    expect(manifest.troubles[0]?.text).toMatch(/it said what is no message|a line of more than/);
  });

  describe('has a process', () => {
    /** Resolves with how long it took on the service's clock until the process was ended, s, and what was said of it. */
    const ended = async (service: TestService, id: string): Promise<{ seconds: number; why: string | undefined }> => {
      for (let seconds = 1; seconds < 90; seconds += 1) {
        service.clock.advance(1_000);
        // What the process says comes in real time.
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { manifest } = await shown(service, id);
        if (manifest.troubles.length > 0) return { seconds, why: manifest.troubles[0]?.text };
      }
      throw new Error('it was not ended');
    };

    test('that a loaded machine lets say nothing at first: it is ended after a minute, and replaced', async () => {
      const service = await start({ RECORD: 'all', RECORD_PIPELINE: 'record-conversation' });
      await enter(service, 'ann');
      await until(() => service.reported('recording-started').length === 1);
      const { seconds, why } = await ended(service, startedId(service));
      expect(why).toBe('it said nothing for 60 s: SIGKILL');
      expect(Math.abs(seconds - 60)).toBeLessThanOrEqual(2);
      service.clock.advance(RESTART_MS);
      await eventually(service, startedId(service), ({ manifest }) => pidsOf(manifest).length === 2);
    });

    test('that is stopped: it is ended after 15 s, and replaced', async () => {
      const service = await start();
      await enter(service, 'ann');
      const id = idOf(await record(service));
      const { manifest } = await eventually(service, id, (each) => each.manifest.segments.length === 1);
      process.kill(pidsOf(manifest)[0] ?? 0, 'SIGSTOP');
      const { seconds, why } = await ended(service, id);
      expect(why).toBe('it said nothing for 15 s: SIGKILL');
      expect(Math.abs(seconds - 15)).toBeLessThanOrEqual(2);
      service.clock.advance(RESTART_MS);
      await eventually(
        service,
        id,
        ({ state, manifest: { segments } }) => state === 'recording' && segments.length === 2,
      );
    });

    test('whose pipeline takes nothing: it is ended after 30 s, and replaced', async () => {
      const service = await start();
      await enter(service, 'still');
      const id = idOf(await record(service));
      await eventually(service, id, (each) => each.manifest.segments.length === 1);
      const { seconds, why } = await ended(service, id);
      expect(why).toBe('its pipeline took nothing for 30 s: SIGKILL');
      expect(Math.abs(seconds - 31)).toBeLessThanOrEqual(3);
    });

    test('that reads no packets any more: it is ended at once, and replaced', async () => {
      const service = await start();
      await enter(service, 'ann');
      const id = idOf(await record(service));
      const [tap] = service.plane.taps;
      tap!.counted = { ...tap!.counted, isBroken: true };
      const { manifest } = await eventually(service, id, ({ state }) => state === 'restarting');
      expect(manifest.troubles).toMatchObject([{ text: 'it reads no packets any more: SIGKILL' }]);
    });
  });

  test('that fails again and again is given up', async () => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    await enter(service, 'nonsense');
    const { manifest } = await givenUp(service, id);
    expect(pidsOf(manifest)).toHaveLength(9);
    // Each process left a segment of each track; each was closed once.
    const closed = manifest.entries.filter(({ type }) => type === 'segment-closed');
    expect(closed).toHaveLength(manifest.segments.length);
    expect(service.reported('recording-failed')).toMatchObject([{ recording: id, conversation: 'tea' }]);
    expect(service.reported('recording-finished')).toEqual([]);
  });

  test('has a tap with room for what TAP_BUFFER says', async () => {
    const service = await start({ TAP_BUFFER: '3' });
    await enter(service, 'ann');
    idOf(await record(service));
    expect(service.plane.taps.map(({ options }) => options.maxBytes)).toEqual([3 * 2 ** 20]);
  });

  test('writes down what the recorder did not take', async () => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    const [tap] = service.plane.taps;
    tap!.counted = { ...tap!.counted, overflowPackets: 7, overflowBytes: 700 };
    const manifest = await stop(service, id);
    expect(manifest.overflowPackets).toBe(7);
    expect(service.reported('recording-trouble')).toMatchObject([{ detail: '7 packets were not taken in time' }]);
    expect((await asAdmin(service, 'GET', '/metrics')).body).toContain('\nwebrtc_tap_dropped_packets_total 7\n');
  });
});

test('what an earlier process left is ended at the start', async () => {
  const service = await start();
  await enter(service, 'ann');
  const id = idOf(await record(service));
  const { directory: own, manifest } = await eventually(service, id, (each) => each.manifest.segments.length === 1);
  // As if the process had been killed: the next one finds the manifest as it is now.
  const path = join(own, 'manifest.json');
  await until(() => readFileSyncOrEmpty(path).includes('segment-opened'));
  const text = readFileSyncOrEmpty(path);
  await stop(service, id);
  await writeFile(path, text);
  const next = await start();
  await until(() => next.reported('recordings-completed').length > 0);
  const completed = readManifest(await readFile(path, 'utf8'));
  expect(completed).toMatchObject({ recording: id, state: 'finished', interrupted: true });
  expect(completed.segments.map(({ closed }) => closed)).toEqual(['interrupted']);
  expect(completed.entries.slice(0, manifest.entries.length)).toEqual(manifest.entries);
  expect(next.reported('segment-closed')).toMatchObject([{ recording: id, conversation: 'tea', files: 1 }]);
  expect(next.reported('recording-finished')).toEqual([
    { recording: id, conversation: 'tea', segments: 1, interrupted: true },
  ]);
});

const readFileSyncOrEmpty = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

const pidsOf = ({ entries }: Manifest): number[] =>
  entries.flatMap((entry) =>
    entry.type === 'recorder' && entry.what === 'began' ? [Number(entry.text.replace('process ', ''))] : [],
  );
