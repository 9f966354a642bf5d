import { randomBytes, randomInt } from 'node:crypto';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  clientHello,
  HANDSHAKE,
  helloVerifyRequest,
  hex,
  record,
  serverFlight,
} from './dtls.ts';

/** Of those that a handshake has, so that it is not taken for a replay; and of those that leave the others behind. */
const anySequence = (): number => randomInt(randomInt(2) === 0 ? 16 : 2 ** 47);

/** Each a datagram of whole records; none is encrypted, or with a key of nobody. */
export const DTLS_ATTACKS: Readonly<Record<string, () => Buffer>> = {
  'a hello of a client': () => clientHello(anySequence()),
  'a demand to say hello again': () => helloVerifyRequest(anySequence()),
  'the answer of a server': () => serverFlight(anySequence()),
  'a fatal alert': () => record(ALERT, hex('02 28'), { sequence: anySequence() }),
  'a close': () => record(ALERT, hex('01 00'), { sequence: anySequence() }),
  'a change of keys': () => record(CHANGE_CIPHER_SPEC, hex('01'), { sequence: anySequence() }),
  'data in plain text': () => record(APPLICATION_DATA, randomBytes(60), { sequence: anySequence() }),
  'data of other keys': () => record(APPLICATION_DATA, randomBytes(60), { epoch: 1, sequence: anySequence() }),
  'an end of the handshake of other keys': () =>
    record(HANDSHAKE, randomBytes(40), { epoch: 1, sequence: anySequence() }),
};
