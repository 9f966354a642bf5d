// A full run at the highest levels, its log searched for what must never be in one.
import { jest } from '@jest/globals';
import { Caller } from '../support/caller.ts';
import { claim, TestClient } from '../support/client.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(120_000);

const ADMIN = 'the-token-of-the-operator';
const WEBHOOK_SECRET = 'the-secret-of-the-webhooks';

/** Two who talk, one who fails, and the end: everything a service does in its life. */
const fullRun = async (env: Readonly<Record<string, string>>): Promise<{ output: string; callers: Caller[] }> => {
  const service = await ServiceProcess.start({ ADMIN_TOKEN: ADMIN, WEBHOOK_SECRET, ...env });
  const headers = { 'X-Proxy-Secret': service.secret };
  const callers = [
    await Caller.connect(service.port, 'ann', headers),
    await Caller.connect(service.port, 'bob', headers),
  ];
  try {
    for (const caller of callers) {
      expect(await caller.join('room')).toBe(200);
      caller.talk();
    }
    await Promise.all(callers.map((caller) => caller.hears()));
    const failing = await TestClient.open(
      service.port,
      { ...claim('eve'), ...headers },
      '/connect?token=bearer-token-of-eve',
    );
    if (!(failing instanceof TestClient)) throw new Error('refused');
    failing.socket.send('v=0\r\nno offer');
    await failing.closed;
    await callers[0]!.close();
    expect(await service.stop()).toBe(0);
  } finally {
    await service.stop();
    await callers[1]!.close();
  }
  return { output: service.output, callers };
};

/** Of both descriptions of a call: what ICE signs with. */
const icePasswords = (callers: readonly Caller[]): string[] =>
  callers.flatMap(({ offer, answer }) =>
    [...`${offer}\n${answer}`.matchAll(/^a=ice-pwd:(\S+)/gm)].map(([, password]) => password ?? ''),
  );

const expectNoSecret = ({ output, callers }: Awaited<ReturnType<typeof fullRun>>, service: string): void => {
  const passwords = icePasswords(callers);
  expect(passwords.length).toBeGreaterThanOrEqual(4);
  for (const secret of ['bearer-token', ADMIN, WEBHOOK_SECRET, service, ...passwords]) {
    expect(output.includes(secret) ? secret : null).toBeNull();
  }
  expect(output).not.toMatch(
    /PRIVATE KEY|BEGIN CERTIFICATE|ice-pwd:(?!\*)|(?:srtp|srtcp)-key=(?!\*)|\(buffer\)[0-9a-f]{16}/,
  );
};

const lines = (output: string): Record<string, unknown>[] =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('at info there is one line of JSON per event, and nothing of an SDP', async () => {
  const run = await fullRun({ LOG_LEVEL: 'info' });
  expectNoSecret(run, 'the-gateway-of-the-tests');
  const events = lines(run.output);
  for (const event of events)
    expect(event).toMatchObject({
      level: expect.any(String),
      time: expect.any(String),
      event: expect.any(String),
      msg: expect.any(String),
    });
  expect(events.filter(({ event }) => event === 'peer-connected')).toMatchObject([
    { userid: 'ann' },
    { userid: 'bob' },
  ]);
  expect(run.output).not.toMatch(/v=0|a=fingerprint|m=audio|a=candidate/);
  expect(run.output).not.toContain('"event":"media-');
});

test('with GST_DEBUG too, whatever GStreamer says of keys and descriptions', async () => {
  const run = await fullRun({
    LOG_LEVEL: 'trace',
    GST_DEBUG: '*:4,dtls*:7,srtp*:7,webrtc*:7,GST_EVENT:6,GST_CAPS:5,GST_PADS:5',
  });
  expectNoSecret(run, 'the-gateway-of-the-tests');
  const events = lines(run.output);
  const categories = new Set(events.map(({ category }) => category));
  for (const category of ['webrtcbin', 'dtlsdec', 'srtpdec']) expect([...categories]).toContain(category);
  expect(run.output).not.toMatch(/\\nm=audio|\\na=fingerprint/);
});
