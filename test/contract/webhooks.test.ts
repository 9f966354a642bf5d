import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSigned } from '../../examples/webhook-receiver.mjs';
import { signatureOf } from '../../src/webhooks/signature.ts';
import { eventually } from '../support/eventually.ts';
import { TestService } from '../support/service.ts';
import { receiver, SECRET, type Told } from '../support/webhook-receiver.ts';

let spool: string;
beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(spool, { recursive: true }));

const start = (port: number): Promise<TestService> =>
  TestService.start({
    env: { WEBHOOK_URL: `http://127.0.0.1:${port}/hooks`, WEBHOOK_SECRET: SECRET, WEBHOOK_SPOOL: spool },
  });

const short = ({ type, conversation, userid }: Told): string => [type, conversation, userid].join(' ').trim();

it('tells a receiver that is down half of the time everything, in order, and once', async () => {
  const hooks = await receiver();
  const service = await start(hooks.port);
  hooks.state.isDown = true;
  await service.join('ann', 'tea');
  await service.join('ben', 'tea');
  const ann = await service.connected('ann', 'laptop');
  await service.connected('ben', 'phone');
  await eventually('the receiver refuses', () => (hooks.state.refused > 0 ? true : null));
  ann.end('gone');
  await service.join('ben', 'coffee');
  hooks.state.isDown = false;
  await eventually('everything is told', () => {
    service.clock.advance(1_000);
    return hooks.told.length === 8 ? true : null;
  });
  const of = (conversation: string): string[] =>
    hooks.told.filter((event) => event.conversation === conversation).map(short);
  expect(of('tea')).toEqual([
    'conversation.started tea',
    'participant.joined tea ann',
    'participant.joined tea ben',
    'participant.left tea ann',
    'participant.left tea ben',
    'conversation.ended tea',
  ]);
  expect(of('coffee')).toEqual(['conversation.started coffee', 'participant.joined coffee ben']);
  expect(hooks.told[1]).toMatchObject({ userid: 'ann', clientid: 'laptop' });
  await service.app.close();
  await hooks.close();
});

it('delivers after the next start what could not be delivered before', async () => {
  const gone = await receiver();
  await gone.close();
  const first = await start(gone.port);
  await first.join('ann', 'tea');
  await first.connected('ann');
  await eventually('two files', async () => ((await readdir(spool)).length === 2 ? true : null));
  // Not closed: what is on disk is what a killed process leaves.
  const hooks = await receiver(gone.port);
  const second = await start(gone.port);
  await eventually('both are told', () => (hooks.told.length === 2 ? true : null));
  expect(hooks.told.map(short)).toEqual(['conversation.started tea', 'participant.joined tea ann']);
  await second.app.close();
  expect(await readdir(spool)).toEqual([]);
  const closing = first.app.close();
  await eventually('it ends', async () => {
    first.clock.advance(2_000);
    return Promise.race([closing.then(() => true as const), new Promise<null>((done) => setImmediate(done, null))]);
  });
  await hooks.close();
});

it('does not start with a spool that cannot be used', async () => {
  const env = { WEBHOOK_URL: 'http://127.0.0.1:9', WEBHOOK_SECRET: SECRET, WEBHOOK_SPOOL: '/dev/null/spool' };
  await expect(TestService.start({ env })).rejects.toMatchObject({
    code: 'config',
    detail: expect.stringContaining('WEBHOOK_SPOOL=/dev/null/spool') as string,
  });
});

describe('the example', () => {
  const body = '{"id":"1"}';
  const header = signatureOf(SECRET, body, 1_700_000_000);

  it.each<[string, boolean, string, string | undefined, string, number]>([
    ['takes a fresh signature', true, SECRET, header, body, 1_700_000_000],
    ['takes one of a clock that is a little off', true, SECRET, header, body, 1_700_000_299],
    ['refuses an old one', false, SECRET, header, body, 1_700_000_301],
    ['refuses one from the future', false, SECRET, header, body, 1_699_999_699],
    ['refuses another body', false, SECRET, header, `${body} `, 1_700_000_000],
    ['refuses another secret', false, `${SECRET}!`, header, body, 1_700_000_000],
    ['refuses a changed time', false, SECRET, header.replace('t=17', 't=18'), body, 1_700_000_000],
    ['refuses none at all', false, SECRET, undefined, body, 1_700_000_000],
  ])('%s', (_what, expected, secret, given, text, now) => {
    expect(isSigned(secret, given, text, now)).toBe(expected);
  });
});
