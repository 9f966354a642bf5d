// The built service behind NAT, in network namespaces of its own. As anybody but root these are skipped. What takes longer is
// in test/network.
import { jest } from '@jest/globals';
import { candidatesOf } from '../../support/network/candidates.ts';
import { inNamespaces } from '../../support/network/in-namespaces.ts';
import { INSIDE, INSIDE6, Lab, OUTSIDE, OUTSIDE6 } from '../../support/network/lab.ts';
import { oneToOne, PORTS } from '../../support/network/one-to-one.ts';

jest.setTimeout(90_000);

inNamespaces('1:1 NAT: clients are told the public address, and come in by it', async () => {
  await using lab = await Lab.open({ ip: oneToOne('ip') });
  await lab.startService({ ANNOUNCED_ADDRESSES: OUTSIDE.router, UDP_PORTS: PORTS, MAX_PEERS: '11' });
  const { isConnected, answer } = await lab.call();
  expect(candidatesOf(answer)).toEqual([[OUTSIDE.router, expect.any(Number), 'host']]);
  const [, port] = candidatesOf(answer)[0] ?? [];
  expect(port).toBeGreaterThanOrEqual(50_000);
  expect(port).toBeLessThanOrEqual(50_010);
  expect(answer).not.toContain(INSIDE.service);
  expect([isConnected, answer]).toEqual([true, expect.stringContaining('connected')]);
});

inNamespaces('IPv6 behind 1:1 NAT: each address is announced by its own', async () => {
  await using lab = await Lab.open({
    ip: oneToOne('ip'),
    ip6: oneToOne('ip6'),
  });
  await lab.startService({
    ICE_ADDRESSES: `${INSIDE.service},${INSIDE6.service}`,
    ANNOUNCED_ADDRESSES: `${INSIDE.service}=${OUTSIDE.router},${INSIDE6.service}=${OUTSIDE6.router}`,
    UDP_PORTS: PORTS,
    MAX_PEERS: '11',
  });
  for (const family of [4, 6] as const) {
    const { isConnected, answer } = await lab.call(family);
    const addresses = candidatesOf(answer).map(([address]) => address);
    expect(addresses.sort()).toEqual([OUTSIDE6.router, OUTSIDE.router].sort());
    expect([isConnected, answer]).toEqual([true, expect.stringContaining('connected')]);
  }
});
