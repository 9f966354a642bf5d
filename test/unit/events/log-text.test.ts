import { logText } from '../../../src/events/log-text.ts';

describe('logText', () => {
  it('leaves ordinary lines as they are', () => {
    const line = 'ICE state change from checking(1) to connected(2), 0x7f3c8c00 <peer:sink_0>';
    expect(logText(line)).toBe(line);
  });

  it.each([
    [
      'caps',
      'application/x-srtp, srtp-key=(buffer)00112233445566, srtcp-key=(buffer)aabbccdd, srtp-cipher=(string)aes',
    ],
    ['a buffer of any name', 'foo=(buffer)00112233445566aabbccdd;'],
    ['a name of a key', 'master key: 00112233445566, client_key=00112233 local-pwd=aabbccdd'],
    ['an attribute', 'a candidate, ice-pwd:aabbccdd00112233 and on'],
    ['PEM', 'pem = -----BEGIN PRIVATE KEY-----\naabbccdd\n00112233\n-----END PRIVATE KEY-----'],
    ['a token', 'GET /connect?token=aabbccdd00112233&x=1'],
    ['an SDP', 'Setting description\nv=0\r\no=- 1 1 IN IP4 0\r\na=ice-pwd:aabbccdd00112233\r\n'],
    ['a part of an SDP', 'media\na=ice-ufrag:00112233\na=fingerprint:sha-256 aabbccdd'],
  ])('shows no secret in %s', (_, text) => {
    const shown = logText(text);
    expect(shown).not.toMatch(/00112233|aabbccdd/);
    expect(shown.length).toBeGreaterThan(5);
  });

  it('keeps what stands beside a secret', () => {
    expect(logText('caps: srtp-key=(buffer)0011, srtp-cipher=(string)aes-128')).toBe(
      'caps: srtp-key=***, srtp-cipher=(string)aes-128',
    );
  });

  it('is one line, and not endless', () => {
    expect(logText('one\r\n  two\nthree\n')).toBe('one | two | three');
    expect(logText('x'.repeat(5000))).toHaveLength(1003);
  });
});
