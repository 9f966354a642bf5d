// What an operator's server is told of a recorded conversation, all of it, though it is down half of the time.
import { jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WEBHOOK_TYPES } from '../../../src/webhooks/types.ts';
import { eventually as awaited } from '../../support/eventually.ts';
import {
  enter,
  givenUp,
  idOf,
  record,
  start,
  stop,
  toldOfRecording,
  useRecordings,
} from '../../support/recording/recording-service.ts';
import { until, type TestService } from '../../support/service.ts';
import { receiver, SECRET } from '../../support/webhook-receiver.ts';

jest.setTimeout(60_000);
useRecordings();

let spool: string;
beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(spool, { recursive: true, force: true }));

const startWith = ({ port }: { port: number }): Promise<TestService> =>
  start({ WEBHOOK_URL: `http://127.0.0.1:${port}/hooks`, WEBHOOK_SECRET: SECRET, WEBHOOK_SPOOL: spool });

it('is every type there is, in the order of the conversation', async () => {
  const hooks = await receiver();
  const service = await startWith(hooks);
  hooks.state.isDown = true;
  const ann = await enter(service, 'ann');
  // The fake recorder does not take this one.
  expect((await record(service, 'levels')).status).toBe(422);
  const recording = idOf(await record(service));
  await awaited('it is refused', () => (hooks.state.refused > 0 ? true : null));
  hooks.state.isDown = false;
  await stop(service, recording);
  ann.end('gone');
  await until(() => service.reported('conversation-closed').length === 1);
  await awaited('everything is told', () => {
    service.clock.advance(1_000);
    return hooks.told.length >= 9 ? true : null;
  });
  expect(hooks.told.map(({ type }) => type)).toEqual([
    'conversation.started',
    'participant.joined',
    'recording.started',
    'recording.failed',
    'recording.started',
    'segment.closed',
    'recording.finished',
    'participant.left',
    'conversation.ended',
  ]);
  expect(new Set(hooks.told.map(({ type }) => type))).toEqual(new Set(WEBHOOK_TYPES));
  expect(hooks.told.filter((told) => told.type.startsWith('recording.'))).toMatchObject([
    { pipeline: 'levels', requestedBy: 'the admin listener' },
    { detail: expect.stringContaining('no element') as string },
    { recording, pipeline: 'record-track', requestedBy: 'the admin listener' },
    { recording, segments: 1 },
  ]);
  expect(hooks.told.find(({ type }) => type === 'segment.closed')).toMatchObject({ recording, segment: 1, files: 1 });
  await hooks.close();
});

it('is that a recording was given up; who is in the conversation learns it, too', async () => {
  const hooks = await receiver();
  const service = await startWith(hooks);
  const channel = (await enter(service, 'ann')).openChannel();
  const recording = idOf(await record(service));
  const told = (...expected: readonly boolean[]): Promise<true> =>
    awaited(`it is told ${String(expected)}`, () => {
      service.clock.advance(10);
      return String(toldOfRecording(channel)) === String(expected) ? true : null;
    });
  await told(true);
  // The fake recorder fails with this one, again and again.
  await enter(service, 'nonsense');
  await givenUp(service, recording);
  await told(true, false);
  const failed = await awaited('the webhook', () => {
    service.clock.advance(1_000);
    return hooks.told.find(({ type }) => type === 'recording.failed') ?? null;
  });
  expect(failed).toMatchObject({
    recording,
    conversation: 'tea',
    detail: expect.stringContaining('it said what is no message') as string,
  });
  expect(hooks.told.filter(({ type }) => type === 'recording.finished')).toEqual([]);
  await hooks.close();
});
