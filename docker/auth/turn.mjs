// TURN_SECRET=… node docker/auth/turn.mjs <userid> [--hours 12]: prints a name and a password for coturn, to try things out.
//
// That is how an application's server makes them for its users: the name begins with the time at which it ends, the
// password is its HMAC with the secret that coturn has as `static-auth-secret`.
import { createHmac } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { hours: { type: 'string', default: '12' } },
});
const [userid] = positionals;
const { TURN_SECRET: secret } = process.env;
const seconds = Number(values.hours) * 3600;
if (!userid || !secret || !(seconds > 0)) throw new Error('usage: TURN_SECRET=… turn.mjs <userid> [--hours 12]');
const username = `${Math.floor(Date.now() / 1000) + seconds}:${userid}`;
console.log(JSON.stringify({ username, credential: createHmac('sha1', secret).update(username).digest('base64') }));
