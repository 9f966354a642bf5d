import { formatListen, isExposed, parseListen } from '../../../src/config/listen.ts';

describe('parseListen', () => {
  it.each([
    [':80', null, 80],
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['[::]:80', '::', 80],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['localhost:8080', 'localhost', 8080],
    ['[::1]:65535', '::1', 65535],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
    ['media-1.example.org:443', 'media-1.example.org', 443],
  ])('%s', (text, host, port) => {
    expect(parseListen(text)).toEqual({ host, port });
  });

  it.each([
    ['', 'no ":"'],
    ['80', 'no ":"'],
    [':', 'port'],
    ['localhost:', 'port'],
    [':http', 'port'],
    [':65536', 'port'],
    [':-1', 'port'],
    [': 80', 'port'],
    [':8e1', 'port'],
    [':000080', 'port'],
    ['::1:80', 'brackets'],
    ['[::1:80', 'brackets'],
    ['[127.0.0.1]:80', 'no IPv6 address'],
    ['[]:80', 'no IPv6 address'],
    ['300.0.0.1:80', 'neither'],
    ['127.0.0:80', 'neither'],
    ['-a:80', 'neither'],
    ['a-:80', 'neither'],
    ['a..b:80', 'neither'],
    ['http://a:80', 'brackets'],
    ['a b:80', 'neither'],
    [`${'a.'.repeat(127)}b:80`, 'neither'],
    ['*:80', 'neither'],
  ])('refuses %j', (text, message) => {
    expect(() => parseListen(text)).toThrow(message);
  });

  it.each([':80', '0.0.0.0:80', '[::]:80', 'localhost:8080'])('formatListen gives %s back', (text) => {
    expect(formatListen(parseListen(text))).toBe(text);
  });
});

describe('isExposed', () => {
  it.each([
    [':80', true],
    ['0.0.0.0:80', true],
    ['[::]:80', true],
    ['192.0.2.1:80', true],
    ['media.example.org:80', true],
    ['127.0.0.1:80', false],
    ['127.9.9.9:80', false],
    ['[::1]:80', false],
    ['[::ffff:127.0.0.1]:80', false],
    ['localhost:80', false],
    ['LocalHost:80', false],
  ])('%s: %s', (text, exposed) => {
    expect(isExposed(parseListen(text))).toBe(exposed);
  });
});
