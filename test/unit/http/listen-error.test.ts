import { listenError } from '../../../src/http/listen-error.ts';

test.each<[string, string | null, number, RegExp]>([
  ['EACCES', null, 80, /LISTEN=:80: port 80 needs privileges: .*above 1023$/],
  ['EADDRINUSE', '127.0.0.1', 8080, /LISTEN=127\.0\.0\.1:8080: something else listens there: .*another port$/],
  ['EADDRNOTAVAIL', '2001:db8::1', 80, /LISTEN=\[2001:db8::1\]:80: this machine has no such address: /],
  ['ENOTFOUND', 'nowhere.invalid', 80, /LISTEN=nowhere\.invalid:80: the host name cannot be resolved/],
  ['EMFILE', null, 80, /LISTEN=:80: EMFILE$/],
])('%s at %s:%i', (code, host, port, message) => {
  const cause = Object.assign(new Error('bind'), { code });
  const error = listenError(cause, 'LISTEN', { host, port });
  expect(error.code).toBe('listen');
  expect(error.message).toMatch(message);
  expect(error.cause).toBe(cause);
});
