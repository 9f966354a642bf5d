import { randomBytes, randomInt } from 'node:crypto';
import {
  attribute,
  ATTRIBUTES,
  ERROR,
  fingerprinted,
  INDICATION,
  message,
  readStun,
  REQUEST,
  signed,
  SUCCESS,
} from './stun.ts';

/** Of the checks that one side sends to the other (RFC 8445 §7.2.2). */
export interface IceNames {
  readonly username: string;
  /** Only what is changed or cut afterwards is signed with it: whoever forges has seen such a check, and not this. */
  readonly password: string;
}

/** What whoever knows nothing makes up. */
export const NOBODY: IceNames = { username: 'abcd:efgh', password: 'a password that nobody has' };

/** Of checks that the client sends to the service: names of both sides, and the password of the service. */
export const namesOf = (offer: string, answer: string): IceNames => {
  const [client, service] = [found(offer, 'ufrag'), found(answer, 'ufrag')];
  return { username: `${service}:${client}`, password: found(answer, 'pwd') };
};

const found = (sdp: string, what: string): string => new RegExp(`^a=ice-${what}:(\\S+)`, 'm').exec(sdp)?.[1] ?? '';

const { username, priority, useCandidate, iceControlling, iceControlled, xorMappedAddress, errorCode } = ATTRIBUTES;
const HIGHEST = Buffer.from('7effffff', 'hex');
const WRONG = 'not the password';

type Role = typeof iceControlling | typeof iceControlled;
const role = (of: Role): Buffer => attribute(of, Buffer.alloc(8, 0xff));
const named = (names: IceNames): Buffer => attribute(username, Buffer.from(names.username));

/** What a check has in front of its MESSAGE-INTEGRITY; that of the client, which controls, unless said otherwise. */
const check = (names: IceNames, more: readonly Buffer[] = [], of: Role = iceControlling): Buffer =>
  message(REQUEST, [named(names), attribute(priority, HIGHEST), role(of), ...more]);

/** A byte is another one: not of a length or a type, so that it is whole; and of what lies under the MESSAGE-INTEGRITY. */
function changed(names: IceNames): Buffer {
  const bytes = Buffer.from(signed(check(names), names.password));
  const heads = new Set((readStun(bytes)?.attributes ?? []).flatMap(({ at }) => [at, at + 1, at + 2, at + 3]));
  const offsets = Array.from(bytes.keys()).filter((at) => at >= 8 && !heads.has(at));
  bytes[offsets[randomInt(offsets.length)]!]! ^= randomInt(1, 256);
  return fingerprinted(bytes);
}

/** RFC 8489 §14.2: some address of IPv4. */
const mapped = (): Buffer => attribute(xorMappedAddress, Buffer.concat([Buffer.from([0, 1]), randomBytes(6)]));
const error = (code: number): Buffer => attribute(errorCode, Buffer.from([0, 0, Math.floor(code / 100), code % 100]));

/** Each a whole message, and none of them with the right password. */
export const STUN_ATTACKS: Readonly<Record<string, (names: IceNames) => Buffer>> = {
  'a request without anything': () => message(REQUEST),
  'a check with the right name and no integrity': (names) => fingerprinted(check(names)),
  'a check with the right name and another password': (names) => fingerprinted(signed(check(names), WRONG)),
  'one that nominates': (names) => fingerprinted(signed(check(names, [attribute(useCandidate)]), WRONG)),
  'one that nominates, without integrity': (names) => fingerprinted(check(names, [attribute(useCandidate)])),
  'one that claims the role of the service': (names) =>
    fingerprinted(signed(check(names, [attribute(useCandidate)], iceControlled), WRONG)),
  'one that claims both roles': (names) => fingerprinted(signed(check(names, [role(iceControlled)]), WRONG)),
  'one with a wrong fingerprint': (names) => fingerprinted(signed(check(names), WRONG), randomInt(2 ** 32)),
  'a genuine check, changed': changed,
  'a genuine check whose fingerprint is wrong': (names) =>
    fingerprinted(signed(check(names, [attribute(useCandidate)]), names.password), 1),
  'a name of 1000 characters': () => fingerprinted(message(REQUEST, [attribute(username, randomBytes(1_000))])),
  'as many attributes as a datagram holds': (names) =>
    fingerprinted(signed(check(names, Array<Buffer>(150).fill(attribute(useCandidate))), WRONG)),
  'attributes that have to be understood, and are not': (names) =>
    fingerprinted(signed(check(names, [attribute(0x7ffe, randomBytes(32)), attribute(0x7fff)]), WRONG)),
  'a response that nobody asked for': () => fingerprinted(message(SUCCESS, [mapped()])),
  'a response that nobody asked for, signed': () => fingerprinted(signed(message(SUCCESS, [mapped()]), WRONG)),
  'a conflict of roles that nobody asked for': () => fingerprinted(message(ERROR, [error(487)])),
  'a refusal that asks for a realm': () =>
    message(ERROR, [
      error(401),
      attribute(ATTRIBUTES.realm, Buffer.from('nowhere')),
      attribute(ATTRIBUTES.nonce, randomBytes(20)),
    ]),
  'an indication': () => fingerprinted(message(INDICATION)),
  'a request of TURN (RFC 8656)': () => message(0x0003, [attribute(0x0019, Buffer.from('11000000', 'hex'))]),
};

/**
 * As the client sends it, when it has chosen this pair. Whoever sees it can send it again from somewhere else, since
 * addresses are not under its MESSAGE-INTEGRITY (RFC 8445 §19.2).
 */
export const genuineCheck = (names: IceNames): Buffer =>
  fingerprinted(signed(check(names, [attribute(useCandidate)]), names.password));
