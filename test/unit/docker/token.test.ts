import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { sign, verify } from '../../../docker/auth/token.mjs';

const SECRET = 'a secret that is long enough for HS256';
const NOW = 1_700_000_000;
const ANN = { userid: 'ann', clientid: 'laptop' };

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token of any kind, rightly signed with HMAC and the given digest. */
const made = (header: unknown, payload: unknown, digest = 'sha256'): string => {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(digest, SECRET).update(signed).digest('base64url')}`;
};
const HS256 = { alg: 'HS256', typ: 'JWT' };
const good = { ...ANN, exp: NOW + 60 };

it('takes what it has signed, until the moment it ends', () => {
  const token = sign(ANN, SECRET, NOW + 60);
  expect(verify(token, SECRET, NOW)).toEqual({ state: 'good', user: ANN });
  expect(verify(token, SECRET, NOW + 59.9)).toEqual({ state: 'good', user: ANN });
  expect(verify(token, SECRET, NOW + 60)).toEqual({ state: 'bad', why: 'expired' });
});

it('knows the example of RFC 7515 §A.1 as rightly signed', () => {
  const key = Buffer.from(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    'base64url',
  );
  const token =
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.' +
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.' +
    'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  expect(verify(token, key, 1_300_819_379)).toEqual({ state: 'bad', why: 'no user' });
  expect(verify(token, key, 1_300_819_380)).toEqual({ state: 'bad', why: 'expired' });
  expect(verify(token.replace('dBjf', 'dBjg'), key, NOW)).toEqual({ state: 'bad', why: 'a wrong signature' });
});

it('lets a token say from when on it holds, and leave the device out', () => {
  const token = made(HS256, { userid: 'ann', exp: NOW + 60, nbf: NOW, iat: NOW, more: 1 });
  expect(verify(token, SECRET, NOW)).toEqual({ state: 'good', user: { userid: 'ann', clientid: '' } });
  expect(verify(token, SECRET, NOW - 0.1)).toEqual({ state: 'bad', why: 'not valid yet' });
});

it.each([
  ['no algorithm', made({ alg: 'none' }, good)],
  ['no algorithm and no signature', `${encode({ alg: 'none' })}.${encode(good)}.`],
  ['another digest', made({ alg: 'HS512' }, good, 'sha512')],
  ['an algorithm with keys of two kinds', made({ alg: 'RS256' }, good)],
  ['the algorithm in other letters', made({ alg: 'hs256' }, good)],
  ['a header without it', made({}, good)],
  ['a header that is a list', made([HS256], good)],
])('refuses %s', (_name, token) => {
  expect(verify(token, SECRET, NOW)).toEqual({
    state: 'bad',
    why: token.endsWith('.') ? 'no token' : 'not signed with HS256',
  });
});

it.each([
  ['extensions that it must understand', made({ ...HS256, crit: ['exp'] }, good), 'unknown extensions'],
  ['what never ends', made(HS256, ANN), 'no time at which it ends'],
  ['an end that is no number', made(HS256, { ...ANN, exp: String(NOW + 60) }), 'no time at which it ends'],
  ['a beginning that is no number', made(HS256, { ...good, nbf: '0' }), 'no time at which it ends'],
  ['no user', made(HS256, { exp: NOW + 60 }), 'no user'],
  ['an empty user', made(HS256, { ...good, userid: '' }), 'no user'],
  ['a user that is a number', made(HS256, { ...good, userid: 7 }), 'no user'],
  ['a device that is a number', made(HS256, { ...good, clientid: 7 }), 'no user'],
  ['a payload that is no object', made(HS256, null), 'no time at which it ends'],
  ['a fourth part', `${made(HS256, good)}.AAAA`, 'no token'],
  ['padding', `${made(HS256, good)}=`, 'no token'],
  ['what is too long', made(HS256, { ...good, pad: 'x'.repeat(8192) }), 'no token'],
])('refuses %s', (_name, token, why) => {
  expect(verify(token, SECRET, NOW)).toEqual({ state: 'bad', why });
});

it('refuses every token in which one character is another', () => {
  const token = sign(ANN, SECRET, NOW + 60);
  const letters = fc.constantFrom('A', 'B', 'x', 'y', '0', '9', '-', '_', '.');
  fc.assert(
    fc.property(fc.nat(token.length - 1), letters, (at, letter) => {
      fc.pre(token[at] !== letter);
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      return verify(changed, SECRET, NOW).state === 'bad';
    }),
  );
  expect(verify(token, `${SECRET}.`, NOW)).toEqual({ state: 'bad', why: 'a wrong signature' });
});

it('throws at nothing', () => {
  fc.assert(fc.property(fc.string(), (text) => verify(text, SECRET, NOW).state === 'bad'));
});
