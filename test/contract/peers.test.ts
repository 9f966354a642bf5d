// GET and DELETE /peers/:id over real sockets.
import { ask } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

const TOKEN = 'the-token-of-an-operator';
const AUTHORIZED = { Authorization: `Bearer ${TOKEN}` };
const asAdmin = (service: TestService, path: string, method = 'GET', headers: Record<string, string> = AUTHORIZED) =>
  ask(service.app.adminAddress?.port ?? 0, path, { method, headers });

const two = async () => {
  const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
  await service.join('ann', 'tea');
  await service.join('ben', 'tea');
  const ann = await service.connected('ann', 'laptop');
  const ben = await service.connected('ben');
  await until(() => service.hears(ann).length === 1);
  return { service, ann, ben };
};

test('shows what was negotiated, who is heard, the counters, and what the media plane says', async () => {
  const { service, ann, ben } = await two();
  ann.detailed = { 'a-stream': { 'octets-sent': 5n } };
  const { status, body, headers } = await asAdmin(service, `/peers/${ann.id}`);
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  expect(JSON.parse(body)).toMatchObject({
    id: ann.id,
    userid: 'ann',
    clientid: 'laptop',
    csrc: ann.request.csrc,
    state: 'connected',
    conversation: 'tea',
    idleMs: 0,
    sections: [{ mid: '0', kind: 'audio', use: 'both', codec: { name: 'opus' } }],
    slots: [{ mid: '0', kind: 'audio', index: 0, hears: { peer: ben.id, userid: 'ben', clientid: '' } }],
    stats: { received: { packets: 0, bytes: 0 } },
    streams: [],
    details: { 'a-stream': { 'octets-sent': '5' } },
  });
});

test('shows the pipeline of a connection as a picture', async () => {
  const draw = `import { parentPort, workerData } from 'node:worker_threads'; parentPort.postMessage('<svg>' + workerData);`;
  const program = new URL(`data:text/javascript,${encodeURIComponent(draw)}`);
  const service = await startService({ env: { ADMIN_TOKEN: TOKEN }, overrides: { drawing: { program } } });
  const { id } = await service.connected('ann');
  const { status, body, headers } = await asAdmin(service, `/peers/${id}/graph.svg`);
  expect([status, headers['content-type'], body]).toEqual([
    200,
    'image/svg+xml; charset=utf-8',
    `<svg>digraph "${id}" {}`,
  ]);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  expectProblem(await asAdmin(service, `/peers/${id}/graph.svg`, 'GET', {}), 401, 'admin-token');
  expectProblem(await asAdmin(service, '/peers/none/graph.svg'), 404, 'admin-not-found');
});

test('ends one connection, and no other', async () => {
  const { service, ann, ben } = await two();
  expect(await asAdmin(service, `/peers/${ann.id}`, 'DELETE')).toMatchObject({ status: 204, body: '' });
  expect(ann.closeReason).toBe('removed');
  expect(service.app.counts.peers).toBe(1);
  expect(ben.closeReason).toBeNull();
  expect(service.reported('peer-ended')).toMatchObject([{ peer: ann.id, reason: 'removed' }]);
  expectProblem(await asAdmin(service, `/peers/${ann.id}`, 'DELETE'), 404, 'admin-not-found');
  expectProblem(await asAdmin(service, `/peers/${ann.id}`), 404, 'admin-not-found');
});

test('only for whoever has the token', async () => {
  const { service, ann } = await two();
  for (const method of ['GET', 'DELETE']) {
    expectProblem(await asAdmin(service, `/peers/${ann.id}`, method, {}), 401, 'admin-token');
  }
  expect(ann.closeReason).toBeNull();
});
