import type { IncomingMessage } from 'node:http';
import { clientAddress, networkOf } from '../../../src/http/client-address.ts';

describe('clientAddress', () => {
  const request = (forwarded?: string): IncomingMessage =>
    ({
      socket: { remoteAddress: '10.0.0.1' },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    }) as unknown as IncomingMessage;

  it.each([
    ['198.51.100.7', 0, '10.0.0.1'],
    [undefined, 1, '10.0.0.1'],
    ['198.51.100.7', 1, '198.51.100.7'],
    // What stands before was there when the proxy came: the client's own words.
    ['203.0.113.9, 198.51.100.7', 1, '198.51.100.7'],
    ['203.0.113.9,198.51.100.7, 10.0.0.2', 2, '198.51.100.7'],
    ['198.51.100.7', 2, '10.0.0.1'],
    ['198.51.100.7:4711', 1, '198.51.100.7'],
    ['[2001:db8::1]:4711', 1, '2001:db8::1'],
    ['2001:db8::1', 1, '2001:db8::1'],
    ['unknown', 1, '10.0.0.1'],
    ['198.51.100.7,', 1, '10.0.0.1'],
  ])('of %j behind %i proxies is %s', (forwarded, proxies, address) => {
    expect(clientAddress(request(forwarded), proxies)).toBe(address);
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
