// The built service behind NAT and relays, in network namespaces of its own. As anybody but root these are skipped.
import { jest } from '@jest/globals';
import { candidatesOf } from '../support/network/candidates.ts';
import { inNamespaces } from '../support/network/in-namespaces.ts';
import { INSIDE, Lab, OUTSIDE } from '../support/network/lab.ts';
import { oneToOne, PORTS } from '../support/network/one-to-one.ts';

jest.setTimeout(90_000);

/** Of a firewall that lets no datagram through by itself. */
const NO_UDP = 'chain forward { type filter hook forward priority filter; meta l4proto udp drop; }';

inNamespaces('without what it is told there is no way in', async () => {
  await using lab = await Lab.open({ ip: NO_UDP });
  await lab.startService({ CONNECT_TIMEOUT: '3' });
  const { isConnected, answer } = await lab.call();
  expect(candidatesOf(answer)).toEqual([[INSIDE.service, expect.any(Number), 'host']]);
  expect(isConnected).toBe(false);
});

inNamespaces('a relay: where no datagram gets through, media comes by TURN_SERVER', async () => {
  await using lab = await Lab.open({ ip: NO_UDP });
  const account = ['--lt-cred-mech', '--realm=lab', '--user=sfu:secret'];
  await lab.startTurn('router', [...account, `--listening-ip=${INSIDE.router}`, `--relay-ip=${OUTSIDE.router}`]);
  await lab.startService({ TURN_SERVER: `turn://sfu:secret@${INSIDE.router}:3478` });
  const { isConnected, answer } = await lab.call();
  expect(candidatesOf(answer)).toContainEqual([OUTSIDE.router, expect.any(Number), 'relay']);
  expect([isConnected, answer]).toEqual([true, expect.stringContaining('connected')]);
});

inNamespaces('a relay: media that is encrypted past webrtcbin leaves through it, too', async () => {
  await using lab = await Lab.open({ ip: NO_UDP });
  const account = ['--lt-cred-mech', '--realm=lab', '--user=sfu:secret'];
  await lab.startTurn('router', [...account, `--listening-ip=${INSIDE.router}`, `--relay-ip=${OUTSIDE.router}`]);
  const service = await lab.startService({
    EGRESS: 'direct',
    TURN_SERVER: `turn://sfu:secret@${INSIDE.router}:3478`,
  });
  const ENOUGH = 100;
  for (const { audio, video } of Object.values(await lab.talk(ENOUGH))) {
    expect(audio).toBeGreaterThanOrEqual(ENOUGH);
    expect(video).toBeGreaterThanOrEqual(ENOUGH);
  }
  expect(service.output).not.toContain('egress-fell-back');
});

inNamespaces('STUN_SERVER tells the service its public address', async () => {
  const masquerade = `chain postrouting { type nat hook postrouting priority srcnat; ip saddr ${INSIDE.service} masquerade; }`;
  await using lab = await Lab.open({ ip: masquerade });
  await lab.startTurn('client', ['--stun-only', `--listening-ip=${OUTSIDE.client}`]);
  await lab.startService({ STUN_SERVER: OUTSIDE.client });
  const { isConnected, answer } = await lab.call();
  expect(candidatesOf(answer)).toContainEqual([OUTSIDE.router, expect.any(Number), 'srflx']);
  expect([isConnected, answer]).toEqual([true, expect.stringContaining('connected')]);
});

const SILENT = '203.0.113.99';
/** Of candidates of the machine itself, and then those of a server (`src/media/gst/negotiation.ts`): a second, and three. */
const GATHERING_MS = 4_000;
/** For the client to connect by the answer, and for a busy machine. */
const SLACK_MS = 1_000;
/** Without a server it is a tenth of this: it was waited for. */
const HELD_UP_MS = 1_000;

for (const server of [{ STUN_SERVER: SILENT }, { TURN_SERVER: `turn://sfu:secret@${SILENT}:3478` }])
  inNamespaces(`a ${Object.keys(server).join()} that does not answer holds an answer up for 4 s at most`, async () => {
    await using lab = await Lab.open({ ip: `${oneToOne('ip')}\n${nobodyAt(SILENT)}` });
    const service = await lab.startService({
      ...server,
      ANNOUNCED_ADDRESSES: OUTSIDE.router,
      UDP_PORTS: PORTS,
      MAX_PEERS: '11',
      LOG_LEVEL: 'debug',
    });
    const { isConnected } = await lab.call();
    expect(isConnected).toBe(true);
    const tookMs = timeOf('peer-connected', service.output) - timeOf('peer-opened', service.output);
    expect(tookMs).toBeGreaterThan(HELD_UP_MS);
    expect(tookMs).toBeLessThan(GATHERING_MS + SLACK_MS);
  });

/** Nothing comes back from there, no error either. */
const nobodyAt = (address: string): string =>
  `chain silence { type filter hook forward priority filter; ip daddr ${address} drop; }`;

/** Of the first event of a kind in the log, ms. */
const timeOf = (event: string, log: string): number => {
  const line = log.split('\n').find((each) => each.includes(`"event":"${event}"`));
  return Date.parse((JSON.parse(line ?? '{}') as { time?: string }).time ?? '');
};
