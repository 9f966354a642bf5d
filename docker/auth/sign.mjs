// SECRET=… node docker/auth/sign.mjs <userid> [clientid] [--hours 1]: prints a token, to try things out.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { secretOf } from './secret.mjs';
import { sign } from './token.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { hours: { type: 'string', default: '1' } },
});
const [userid, clientid = ''] = positionals;
const seconds = Number(values.hours) * 3600;
if (!userid || !(seconds > 0)) throw new Error('usage: sign.mjs <userid> [clientid] [--hours 1]');
console.log(sign({ userid, clientid }, secretOf(process.env), Math.floor(Date.now() / 1000) + seconds));
