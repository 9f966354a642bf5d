import { Networks, isLoopback } from '../../../src/config/networks.ts';

describe('Networks', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.9.9.9/8', '10.0.0.1', true], // host bits do not count
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.7', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    // What a dual-stack socket reports for IPv4, and the same in other notations.
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::FFFF:a01:203', true],
    ['10.0.0.0/8', '0:0:0:0:0:ffff:0a01:0203', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['10.0.0.0/8', '::10.1.2.3', false],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', 'localhost', false],
    ['::/0', 'not an address', false],
  ])('%s contains %s: %s', (network, address, expected) => {
    expect(new Networks([network]).contains(address)).toBe(expected);
  });

  it('is one list of many', () => {
    const networks = new Networks(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
    expect([networks.contains('192.0.2.1'), networks.contains('fd12::1'), networks.contains('192.0.2.2')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(networks.isEmpty).toBe(false);
    expect(String(networks)).toBe('10.0.0.0/8,192.0.2.1,fd00::/8');
  });

  it('contains nothing where it is empty', () => {
    const networks = new Networks([]);
    expect(networks.isEmpty).toBe(true);
    expect(networks.contains('127.0.0.1')).toBe(false);
  });

  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    'example.org',
    '10.0.0.0/',
    '10.0.0.0/a',
    '10.0.0.0/8/8',
    '',
    '/8',
    'fe80::1%eth0',
  ])('refuses %j by name', (entry) => {
    expect(() => new Networks(['10.0.0.0/8', entry])).toThrow(JSON.stringify(entry));
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['::2', false],
    ['localhost', false],
  ])('%s: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
