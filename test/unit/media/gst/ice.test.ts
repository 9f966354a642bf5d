import type { NetworkInterfaceInfo } from 'node:os';
import { localAddresses } from '../../../../src/media/gst/ice.ts';

const address = (text: string, internal: boolean): NetworkInterfaceInfo => ({
  address: text,
  netmask: '255.0.0.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
  family: 'IPv4',
  internal,
});
const LO = [address('127.0.0.1', true)];
const ETH0 = [address('192.0.2.7', false)];

describe('localAddresses', () => {
  it('is what was configured, where something was', () => {
    expect(localAddresses(['127.0.0.1', '192.0.2.9'], { lo: LO, eth0: ETH0 })).toEqual(['127.0.0.1', '192.0.2.9']);
  });

  it('is left to libnice, which takes all but loopback, where there is any such address', () => {
    expect(localAddresses([], { lo: LO, eth0: ETH0 })).toEqual([]);
  });

  it('is loopback where there is no other', () => {
    expect(localAddresses([], { lo: LO })).toEqual(['127.0.0.1']);
  });
});
