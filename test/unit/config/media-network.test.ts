import { parseConfig } from '../../../src/config/config.ts';

const media = (environment: Record<string, string>) => parseConfig(environment).media;
const detailOf = (environment: Record<string, string>): string => {
  try {
    parseConfig(environment);
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
};

it('reads everything that there is to set', () => {
  const read = media({
    ANNOUNCED_ADDRESSES: '203.0.113.5, fd00::5=2001:db8::5',
    UDP_PORTS: '50000-50999',
    STUN_SERVER: 'stun.example.org',
    TURN_SERVER: 'turn://sfu:secret@turn.example.org:3478?transport=tcp',
    MEDIA_DSCP: '46',
  });
  expect(read).toEqual({
    addresses: [],
    announced: [
      { local: null, address: '203.0.113.5' },
      { local: 'fd00::5', address: '2001:db8::5' },
    ],
    ports: { min: 50_000, max: 50_999 },
    stunServer: 'stun://stun.example.org:3478',
    turnServer: 'turn://sfu:secret@turn.example.org:3478?transport=tcp',
    dscp: 46,
  });
});

it.each([
  ['stun.example.org:5000', 'stun://stun.example.org:5000'],
  ['192.0.2.1', 'stun://192.0.2.1:3478'],
  ['[2001:db8::1]:1', 'stun://[2001:db8::1]:1'],
])('STUN_SERVER=%s', (text, url) => {
  expect(media({ STUN_SERVER: text }).stunServer).toBe(url);
});

it.each([
  ['ANNOUNCED_ADDRESSES', 'example.org'],
  ['ANNOUNCED_ADDRESSES', '10.0.0.5=2001:db8::5'],
  ['ANNOUNCED_ADDRESSES', '10.0.0.5=10.0.0.6=10.0.0.7'],
  ['ANNOUNCED_ADDRESSES', '10.0.0.5='],
  ['UDP_PORTS', '50000'],
  ['UDP_PORTS', '50999-50000'],
  ['UDP_PORTS', '0-50000'],
  ['UDP_PORTS', '50000-70000'],
  ['STUN_SERVER', 'user@host'],
  ['STUN_SERVER', 'stun://host'],
  ['STUN_SERVER', 'host:port'],
  ['TURN_SERVER', 'turn.example.org'],
  ['TURN_SERVER', 'turn://turn.example.org'],
  ['TURN_SERVER', 'turn://user@turn.example.org'],
  ['TURN_SERVER', 'turn://user:secret@host/path'],
  ['TURN_SERVER', 'https://user:secret@host'],
  ['MEDIA_DSCP', '64'],
])('%s=%s is refused', (name, text) => {
  expect(detailOf({ [name]: text })).toContain(name);
});

it('never shows the password of the relay', () => {
  expect(detailOf({ TURN_SERVER: 'turn://user:much-secret@host/path' })).not.toContain('much-secret');
});

it('wants a port for each connection', () => {
  expect(detailOf({ UDP_PORTS: '50000-50098', MAX_PEERS: '100' })).toContain('UDP_PORTS are 99 ports');
  expect(media({ UDP_PORTS: '50000-50099', MAX_PEERS: '100' }).ports).toEqual({ min: 50_000, max: 50_099 });
});
