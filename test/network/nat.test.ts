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

inNamespaces('a STUN server that does not answer holds the answer up for seconds, not for ever', async () => {
  await using lab = await Lab.open({ ip: oneToOne('ip') });
  await lab.startService({
    STUN_SERVER: '203.0.113.99',
    ANNOUNCED_ADDRESSES: OUTSIDE.router,
    UDP_PORTS: PORTS,
    MAX_PEERS: '11',
  });
  const started = performance.now();
  const { isConnected } = await lab.call();
  expect(isConnected).toBe(true);
  expect(performance.now() - started).toBeLessThan(12_000);
});
