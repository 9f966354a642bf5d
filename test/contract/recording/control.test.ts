// How recordings are asked for: on the admin listener and by RECORD.
import { jest } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakeChannel } from '../../../src/media/fake/channel.ts';
import { eventually as soon } from '../../support/eventually.ts';
import { expectProblem } from '../../support/problem.ts';
import {
  STOP_MS,
  asAdmin,
  enter,
  eventually,
  idOf,
  record,
  shown,
  start,
  startedId,
  stop,
  toldOfRecording,
  useRecordings,
} from '../../support/recording/recording-service.ts';
import { until } from '../../support/service.ts';

jest.setTimeout(60_000);
useRecordings();

describe('settings', () => {
  const POST = '/conversations/tea/recordings';

  test('reach the recorder, with defaults for the others', async () => {
    const service = await start();
    await enter(service, 'ann');
    const reply = await asAdmin(service, 'POST', POST, { pipeline: 'stream-rtp', settings: { host: '10.0.0.9' } });
    const { directory: own } = await shown(service, idOf(reply));
    const told = JSON.parse(await readFile(join(own, '.start'), 'utf8')) as { settings: object };
    expect(told.settings).toEqual({ host: '10.0.0.9', port: 5004 });
  });

  test.each([
    [{ speed: 1 }, 422, 'recording-settings'],
    [{ port: '5004' }, 422, 'recording-settings'],
    [{ host: ['a'] }, 422, 'recording-settings'],
    [{ host: 'x'.repeat(1025) }, 422, 'recording-settings'],
    [['host'], 400, 'admin-body'],
    ['host=a', 400, 'admin-body'],
    [null, 400, 'admin-body'],
  ])('that are none are refused: %j', async (settings, status, code) => {
    const service = await start();
    await enter(service, 'ann');
    expectProblem(await asAdmin(service, 'POST', POST, { pipeline: 'stream-rtp', settings }), status, code);
    expect(service.plane.taps).toEqual([]);
  });

  test('of RECORD are those of RECORD_SETTINGS, typed as the pipeline says', async () => {
    const env = { RECORD: 'all', RECORD_PIPELINE: 'stream-rtp', RECORD_SETTINGS: 'port=6000, host=::1' };
    const service = await start(env);
    await enter(service, 'ann');
    await until(() => service.reported('recording-started').length === 1);
    const id = startedId(service);
    const { directory: own } = await eventually(service, id, ({ state }) => state === 'recording');
    const told = JSON.parse(await readFile(join(own, '.start'), 'utf8')) as { settings: object };
    expect(told.settings).toEqual({ host: '::1', port: 6000 });
  });

  test.each([
    [{ RECORD_PIPELINE: 'nothing' }, 'RECORD_PIPELINE=nothing'],
    [{ RECORD_SETTINGS: 'host=a' }, 'there is no setting host'],
    [{ RECORD_PIPELINE: 'stream-rtp', RECORD_SETTINGS: 'port=x' }, 'the setting port is a number'],
  ])('of RECORD that are wrong end the start: %j', async (env, detail) => {
    await expect(start(env)).rejects.toMatchObject({
      code: 'config',
      detail: expect.stringContaining(detail) as string,
    });
  });
});

describe('members', () => {
  test('are told when a recording begins, when they come to one, and when the last ends', async () => {
    const service = await start();
    const ann = (await enter(service, 'ann')).openChannel();
    const other = (await enter(service, 'cid', 'coffee')).openChannel();
    const [one, two] = [idOf(await record(service)), idOf(await record(service, 'record-audio'))];
    const hear = (expected: readonly boolean[], ...channels: readonly FakeChannel[]): Promise<void> =>
      until(() => {
        service.clock.advance(10);
        return channels.every((channel) => String(toldOfRecording(channel)) === String(expected));
      }, 'they are told');
    await hear([true], ann);
    const ben = (await enter(service, 'ben')).openChannel();
    await hear([true], ben);
    const reply = asAdmin(service, 'DELETE', `/recordings/${one}`);
    await until(() => service.plane.taps.length === 1, 'the tap is closed');
    service.clock.advance(STOP_MS);
    expect((await reply).status).toBe(200);
    service.clock.advance(1_000);
    expect([toldOfRecording(ann), toldOfRecording(ben)]).toEqual([[true], [true]]);
    const ended = asAdmin(service, 'DELETE', `/recordings/${two}`);
    await hear([true, false], ann, ben);
    service.clock.advance(STOP_MS);
    expect((await ended).status).toBe(200);
    expect([toldOfRecording(ann), toldOfRecording(ben), toldOfRecording(other)]).toEqual([
      [true, false],
      [true, false],
      [],
    ]);
  });
});

describe('a recording that has ended', () => {
  test('is read from the disk where it is asked for: nothing of it is kept', async () => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    await stop(service, id);
    const { directory } = await eventually(service, id, ({ state }) => state === 'ended');
    const listed = async (): Promise<string> => (await asAdmin(service, 'GET', '/recordings')).body;
    expect(await listed()).toContain(id);
    await rm(directory, { recursive: true });
    const statusOf = async (method: string): Promise<number> =>
      (await asAdmin(service, method, `/recordings/${id}`)).status;
    await soon('it is not known', async () => ((await statusOf('GET')) === 404 ? true : null));
    expect(await statusOf('DELETE')).toBe(404);
  });
});

describe('recordings of before', () => {
  test('are listed, shown, and stay as they are when they are stopped again', async () => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    const manifest = await stop(service, id);
    const next = await start();
    for (const each of [service, next]) {
      const list = JSON.parse((await asAdmin(each, 'GET', '/recordings')).body) as { recordings: object[] };
      expect(list.recordings).toMatchObject([
        { id, conversation: 'tea', pipeline: 'record-track', requestedBy: 'the admin listener', state: 'ended' },
      ]);
      expect((await shown(each, id)).manifest).toEqual(manifest);
      const reply = await asAdmin(each, 'DELETE', `/recordings/${id}`);
      expect([reply.status, JSON.parse(reply.body)]).toEqual([200, manifest]);
    }
    await writeFile(join((await shown(next, id)).directory, 'manifest.json'), '{}');
    for (const method of ['GET', 'DELETE']) {
      expectProblem(await asAdmin(next, method, `/recordings/${id}`), 500, 'recording-damaged');
    }
  });
});

describe('is refused', () => {
  test('where nobody is connected, for an unknown pipeline, and for what is no path', async () => {
    const service = await start();
    expectProblem(await record(service), 409, 'recording-nobody');
    await enter(service, 'ann');
    for (const name of ['elsewhere', '../pipelines/record-track', 'peer', '']) {
      expectProblem(await record(service, name), 422, 'recording-pipeline');
    }
    const path = '/conversations/tea/recordings';
    for (const body of [{}, { pipeline: 1 }, [], null]) {
      expectProblem(await asAdmin(service, 'POST', path, body as object), 400, 'admin-body');
    }
    expectProblem(await asAdmin(service, 'POST', path, { pipeline: 'x'.repeat(20_000) }), 400, 'admin-body');
    expect(service.plane.taps).toEqual([]);
    expect(JSON.parse((await asAdmin(service, 'GET', '/recordings')).body)).toEqual({ recordings: [] });
    for (const method of ['GET', 'DELETE']) {
      expectProblem(await asAdmin(service, method, '/recordings/nobody'), 404, 'admin-not-found');
    }
  });

  test('with the words of the recorder, where that cannot use the pipeline', async () => {
    const service = await start();
    await enter(service, 'ann');
    const reply = await record(service, 'levels');
    expectProblem(reply, 422, 'recording-refused');
    expect(reply.body).toContain('levels.gst:1:1: no element');
    expect(service.reported('recording-failed')).toHaveLength(1);
    expect(service.plane.taps).toEqual([]);
  });

  test('above MAX_TAPS, and below the reserve of the disk', async () => {
    const service = await start({ MAX_TAPS: '1' });
    await enter(service, 'ann');
    const [one, two] = await Promise.all([record(service), record(service)]);
    expect([one.status, two.status].sort()).toEqual([201, 503]);
    const full = await start({ RECORDINGS_RESERVE: '1000000000' });
    await enter(full, 'ann');
    expectProblem(await record(full), 507, 'recording-disk');
  });
});

describe('RECORD', () => {
  test('records what its patterns name, from the first member on', async () => {
    const service = await start({ RECORD: 'standup-*,tea', RECORD_PIPELINE: 'record-audio' });
    await enter(service, 'ann');
    await enter(service, 'ben', 'standup-9');
    await enter(service, 'cid', 'coffee');
    await until(() => service.reported('recording-started').length === 2);
    expect(service.reported('recording-started')).toMatchObject([
      { conversation: 'tea', pipeline: 'record-audio', requestedBy: 'RECORD' },
      { conversation: 'standup-9' },
    ]);
  });

  test('that cannot be done is reported, the conversation goes on, and it is done when it can', async () => {
    const service = await start({ RECORD: 'tea', MAX_TAPS: '1' });
    await enter(service, 'cid', 'coffee');
    const id = idOf(await record(service, 'record-track', 'coffee'));
    const [ann, ben] = [await enter(service, 'ann'), await enter(service, 'ben')];
    await until(() => service.reported('recording-failed').length > 0);
    expect(service.reported('recording-failed')).toMatchObject([{ recording: null, conversation: 'tea' }]);
    expect(service.hears(ann)).toEqual([ben.id]);
    await stop(service, id);
    service.clock.advance(10_000);
    await until(() => service.reported('recording-started').length === 2);
    expect(service.reported('recording-started').at(-1)).toMatchObject({ conversation: 'tea', requestedBy: 'RECORD' });
    expect(service.reported('recording-failed')).toHaveLength(1);
  });

  test('leaves alone what somebody stopped, until the conversation begins anew', async () => {
    const service = await start({ RECORD: 'tea' });
    const ann = await enter(service, 'ann');
    await until(() => service.reported('recording-started').length === 1);
    const id = startedId(service);
    await stop(service, id);
    service.clock.advance(1_000_000);
    expect(service.plane.taps).toEqual([]);
    ann.end('gone');
    await service.join('ann', 'tea');
    await service.connected('ann');
    await until(() => service.reported('recording-started').length === 2);
  });
});
