import { announce } from '../../../src/sdp/announce.ts';

const sdp = (...lines: string[]): string => [...lines, ''].join('\r\n');
const candidate = (priority: number, address: string, port: number, type = 'host'): string =>
  `a=candidate:1 1 UDP ${priority} ${address} ${port} typ ${type}`;

const MIXED = sdp(
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  candidate(100, '10.0.0.5', 5000),
  candidate(90, '192.168.0.5', 5001),
  candidate(80, 'fd00::5', 5002),
  candidate(70, '198.51.100.7', 5003, 'srflx raddr 10.0.0.5 rport 5000'),
  'a=end-of-candidates',
);

it('leaves everything as it is where nothing is announced', () => {
  expect(announce(MIXED, [])).toBe(MIXED);
});

it('puts one public address in the place of every local one of its family, and of host candidates only', () => {
  expect(announce(MIXED, [{ local: null, address: '203.0.113.5' }])).toBe(
    MIXED.replace('10.0.0.5 5000', '203.0.113.5 5000').replace('192.168.0.5 5001', '203.0.113.5 5001'),
  );
});

it('puts a public address in the place of its own local one, in any notation', () => {
  const announced = [
    { local: '10.0.0.5', address: '203.0.113.5' },
    { local: 'FD00:0::5', address: '2001:db8::5' },
  ];
  expect(announce(MIXED, announced)).toBe(
    MIXED.replace('10.0.0.5 5000', '203.0.113.5 5000').replace('fd00::5 5002', '2001:db8::5 5002'),
  );
});

it('takes the one for a local address before the one for all', () => {
  const announced = [
    { local: null, address: '203.0.113.9' },
    { local: '10.0.0.5', address: '203.0.113.5' },
  ];
  expect(announce(MIXED, announced)).toBe(
    MIXED.replace('10.0.0.5 5000', '203.0.113.5 5000').replace('192.168.0.5 5001', '203.0.113.9 5001'),
  );
});

it('writes a candidate for each address that is announced for one, each with a priority of its own', () => {
  const announced = [
    { local: '10.0.0.5', address: '203.0.113.5' },
    { local: '10.0.0.5', address: '10.0.0.5' },
  ];
  expect(announce(sdp(candidate(100, '10.0.0.5', 5000)), announced)).toBe(
    sdp(candidate(100, '203.0.113.5', 5000), candidate(99, '10.0.0.5', 5000)),
  );
});
