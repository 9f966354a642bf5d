// Media over IPv6, and the mark of media packets on the wire, in network namespaces of its own. Only root can make those.
import { jest } from '@jest/globals';
import { candidatesOf } from '../support/network/candidates.ts';
import { inNamespaces } from '../support/network/in-namespaces.ts';
import { INSIDE, INSIDE6, Lab, OUTSIDE } from '../support/network/lab.ts';
import { oneToOne, PORTS } from '../support/network/one-to-one.ts';

jest.setTimeout(90_000);

/** Expedited forwarding. */
const DSCP = 46;

/** Of what the service sends: RTP and RTCP, which begin with version 2, and those of them that are marked. */
const counting = (family: 'ip' | 'ip6', service: string): string => `
  counter media {}
  counter marked {}
  chain marks { type filter hook forward priority filter; ${family} saddr ${service} meta l4proto udp @th,64,2 2 jump count; }
  chain count { counter name media; ${family} dscp ${DSCP} counter name marked; }`;

inNamespaces('IPv6: the answer has that address alone, and two talk by it', async () => {
  await using lab = await Lab.open({});
  await lab.startService({ ICE_ADDRESSES: INSIDE6.service });
  const { haveHeard, output } = await lab.voices(6);
  expect(candidatesOf(output).map(([address, , type]) => [address, type])).toEqual([
    [INSIDE6.service, 'host'],
    [INSIDE6.service, 'host'],
  ]);
  expect([haveHeard, output]).toEqual([true, expect.stringContaining('heard')]);
});

describe.each(['webrtcbin', 'direct'])('MEDIA_DSCP with EGRESS=%s', (egress) => {
  inNamespaces('is on every packet of media, in IPv4 and in IPv6', async () => {
    await using lab = await Lab.open({
      ip: `${oneToOne('ip')} ${counting('ip', INSIDE.service)}`,
      ip6: counting('ip6', INSIDE6.service),
    });
    await lab.startService({
      EGRESS: egress,
      MEDIA_DSCP: String(DSCP),
      ICE_ADDRESSES: `${INSIDE.service},${INSIDE6.service}`,
      ANNOUNCED_ADDRESSES: OUTSIDE.router,
      UDP_PORTS: PORTS,
      MAX_PEERS: '11',
    });
    for (const family of [4, 6] as const) {
      const { haveHeard, output } = await lab.voices(family);
      expect([haveHeard, output]).toEqual([true, expect.stringContaining('heard')]);
      const { media = 0, marked } = lab.counted(family);
      expect(media).toBeGreaterThan(200);
      expect(marked).toBe(media);
    }
  });
});
