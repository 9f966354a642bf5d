import { BlockList } from 'node:net';
import fc from 'fast-check';
import type { Mid } from '../../../src/base/ids.ts';
import { canonicalAddress } from '../../../src/sdp/address.ts';
import { parseCandidate, parseTrickle, type CandidatePolicy } from '../../../src/sdp/candidate.ts';
import { MAX_REMOTE_CANDIDATES } from '../../../src/sdp/limits.ts';
import { addLine, plan, readOffer } from './support.ts';

const TARGET = { mline: 0, mid: 'a' as Mid };

function policy(changes: { allowLoopback?: boolean; deny?: [string, number][] } = {}): CandidatePolicy {
  const list = new BlockList();
  for (const [address, prefix] of changes.deny ?? []) {
    list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return {
    allowLoopback: changes.allowLoopback ?? false,
    deny: { contains: (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4') },
  };
}

const line = (address: string, port = '5000', type = 'typ host'): string =>
  `candidate:1 1 udp 2122260223 ${address} ${port} ${type}`;
const read = (text: string, rules = policy()) => parseCandidate(text, TARGET, rules);

describe('a candidate that is used', () => {
  test.each([
    ['a host candidate', line('192.0.2.1'), line('192.0.2.1')],
    ['capital letters', 'candidate:1 1 UDP 1 192.0.2.1 9 typ host', 'candidate:1 1 udp 1 192.0.2.1 9 typ host'],
    ['IPv6 in any notation', line('2001:DB8:0:0:0:0:0:1'), line('2001:db8::1')],
    ['IPv4 in IPv6 clothes', line('::ffff:192.0.2.1'), line('192.0.2.1')],
    ['the same in hexadecimal', line('::ffff:c000:201'), line('192.0.2.1')],
    [
      'what follows is left out',
      line('192.0.2.1', '1', 'typ host generation 0 network-id 1 ufrag x'),
      line('192.0.2.1', '1'),
    ],
    [
      'the related address is left out',
      line('192.0.2.1', '1', 'typ srflx raddr 10.0.0.1 rport 2'),
      line('192.0.2.1', '1', 'typ srflx'),
    ],
    ['a relay', line('192.0.2.1', '1', 'typ relay raddr evil.example rport x'), line('192.0.2.1', '1', 'typ relay')],
    ['private addresses', line('10.1.2.3'), line('10.1.2.3')],
    ['a long foundation', `candidate:${'f'.repeat(32)} 1 udp 1 192.0.2.1 9 typ host`, undefined],
    ['the largest numbers', 'candidate:1 1 udp 2147483647 192.0.2.1 65535 typ host', undefined],
  ])('%s', (_name, text, written = text) => {
    expect(read(text)).toMatchObject({ mline: 0, mid: 'a', line: written });
  });

  test('comes with address and port', () => {
    expect(read(line('::ffff:192.0.2.1', '7'))).toEqual({
      ...TARGET,
      line: line('192.0.2.1', '7'),
      address: '192.0.2.1',
      port: 7,
    });
  });
});

describe('a candidate that is dropped', () => {
  test.each([
    ['nothing', '', 'malformed'],
    ['something else', 'hello', 'malformed'],
    ['with a=', `a=${line('192.0.2.1')}`, 'malformed'],
    ['no type', 'candidate:1 1 udp 1 192.0.2.1 9', 'malformed'],
    ['an unknown type', line('192.0.2.1', '9', 'typ magic'), 'malformed'],
    ['a type with something behind', line('192.0.2.1', '9', 'typ hostx'), 'malformed'],
    ['two spaces', 'candidate:1 1 udp 1  192.0.2.1 9 typ host', 'malformed'],
    ['a second line', `${line('192.0.2.1')}\na=x`, 'malformed'],
    ['a foundation of 33 characters', `candidate:${'f'.repeat(33)} 1 udp 1 192.0.2.1 9 typ host`, 'malformed'],
    ['a foundation of other characters', 'candidate:a-b 1 udp 1 192.0.2.1 9 typ host', 'malformed'],
    ['priority 0', 'candidate:1 1 udp 0 192.0.2.1 9 typ host', 'malformed'],
    ['priority 2^31', 'candidate:1 1 udp 2147483648 192.0.2.1 9 typ host', 'malformed'],
    ['port 65536', line('192.0.2.1', '65536'), 'malformed'],
    ['a negative port', line('192.0.2.1', '-1'), 'malformed'],
    ['TCP', 'candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active', 'not-udp'],
    ['TCP with a name', 'candidate:1 1 TCP 1 x.local 9 typ host tcptype active', 'not-udp'],
    ['component 2', 'candidate:1 2 udp 1 192.0.2.1 9 typ host', 'component'],
    ['component 0', 'candidate:1 0 udp 1 192.0.2.1 9 typ host', 'component'],
    ['mDNS', line('6a1f7d4e-0000-4000-8000-000000000000.local'), 'hostname'],
    ['a host name', line('example.org'), 'hostname'],
    ['an address with a zone', line('fe80::1%eth0'), 'hostname'],
    ['IPv4 in other notations', line('127.1'), 'hostname'],
    ['IPv4 as a number', line('2130706433'), 'hostname'],
    ['IPv4 in octal', line('0177.0.0.1'), 'hostname'],
    ['IPv6 in brackets', line('[2001:db8::1]'), 'hostname'],
    ['port 0', line('192.0.2.1', '0'), 'port-zero'],
    ['0.0.0.0', line('0.0.0.0'), 'unspecified'],
    ['this network', line('0.1.2.3'), 'unspecified'],
    ['::', line('::'), 'unspecified'],
    ['multicast', line('224.0.0.1'), 'multicast'],
    ['multicast, the last', line('239.255.255.255'), 'multicast'],
    ['broadcast', line('255.255.255.255'), 'multicast'],
    ['IPv6 multicast', line('ff02::1'), 'multicast'],
    ['link-local', line('169.254.1.1'), 'link-local'],
    ['IPv6 link-local', line('fe80::1'), 'link-local'],
    ['IPv6 link-local, the last', line('febf::1'), 'link-local'],
    ['loopback', line('127.0.0.1'), 'loopback'],
    ['loopback, the last', line('127.255.255.255'), 'loopback'],
    ['IPv6 loopback', line('::1'), 'loopback'],
    ['loopback in IPv6 clothes', line('::ffff:127.0.0.1'), 'loopback'],
    ['the same in hexadecimal', line('0:0:0:0:0:ffff:7f00:1'), 'loopback'],
    ['multicast in IPv6 clothes', line('::ffff:e000:1'), 'multicast'],
  ])('%s', (_name, text, reason) => {
    expect(read(text)).toBe(reason);
  });

  test('what the operator denies, in any notation', () => {
    const rules = policy({
      deny: [
        ['10.0.0.0', 8],
        ['2001:db8::', 32],
      ],
    });
    expect(read(line('10.1.2.3'), rules)).toBe('denied');
    expect(read(line('::ffff:10.1.2.3'), rules)).toBe('denied');
    expect(read(line('2001:0db8::1'), rules)).toBe('denied');
    expect(read(line('11.1.2.3'), rules)).toMatchObject({ address: '11.1.2.3' });
  });
});

test('loopback where it is allowed, and not denied all the same', () => {
  expect(read(line('127.0.0.1'), policy({ allowLoopback: true }))).toMatchObject({ address: '127.0.0.1' });
  expect(read(line('::1'), policy({ allowLoopback: true }))).toMatchObject({ address: '::1' });
  expect(read(line('127.0.0.1'), policy({ allowLoopback: true, deny: [['127.0.0.0', 8]] }))).toBe('denied');
  expect(read(line('169.254.0.1'), policy({ allowLoopback: true }))).toBe('link-local');
});

test('any address: canonical form is stable, and what is written can be read again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 65535 }), (address, port) => {
      const canonical = canonicalAddress(address) ?? '';
      expect(canonicalAddress(canonical)).toBe(canonical);
      const candidate = read(line(address, String(port)));
      if (typeof candidate === 'object') expect(read(candidate.line)).toEqual(candidate);
    }),
  );
});

test('any text is a candidate or a reason', () => {
  const words = fc.constantFrom(
    'candidate:',
    '1',
    ' ',
    'udp',
    'typ',
    'host',
    '192.0.2.1',
    '::',
    '\n',
    '%',
    'x',
    '99999',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 16 }), (parts) => {
      expect(['object', 'string']).toContain(typeof read(parts.join('')));
    }),
  );
});

describe('a trickled message', () => {
  test.each([
    ['as it is', line('192.0.2.1'), line('192.0.2.1')],
    ['with a=', `a=${line('192.0.2.1')}`, line('192.0.2.1')],
    ['with a line end', `a=${line('192.0.2.1')}\r\n`, line('192.0.2.1')],
    ['with whatever is wrong in it', 'candidate:x', 'candidate:x'],
  ])('%s', (_name, message, expected) => {
    expect(parseTrickle(message)).toBe(expected);
  });

  test.each([
    ['nothing', ''],
    ['an empty candidate', 'candidate:'],
    ['the end of candidates', 'a=end-of-candidates'],
    ['JSON', '{"candidate":"candidate:1"}'],
    ['an offer', readOffer('chromium-156-audio')],
    ['two lines', `${line('192.0.2.1')}\r\n${line('192.0.2.2')}`],
    ['another case', 'Candidate:1'],
  ])('%s is none', (_name, message) => {
    expect(parseTrickle(message)).toBeNull();
  });
});

test(`at most ${MAX_REMOTE_CANDIDATES} candidates of an offer are used; those dropped before do not count`, () => {
  let text = readOffer('plain-audio-slots');
  for (let i = 0; i < 40; i++) text = addLine(text, 0, `a=${line(`192.0.2.${i + 1}`)}`);
  text = addLine(text, 0, `a=${line('x.local')}`);
  const { candidates, droppedCandidates } = plan(text);
  expect(candidates).toHaveLength(MAX_REMOTE_CANDIDATES);
  expect(candidates[0]?.address).toBe('192.0.2.1');
  expect(droppedCandidates).toEqual({ loopback: 1, limit: 40 - MAX_REMOTE_CANDIDATES, hostname: 1 });
});
