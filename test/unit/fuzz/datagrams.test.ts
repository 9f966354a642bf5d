// What `npm run test:fuzz` sends is what it says: a message that its reader throws away at once would prove nothing.
import { parseRtp } from '../../../node-gst/test/support/rtp.ts';
import { DATAGRAMS, hostileDatagram, type Datagram } from '../../support/fuzz/datagrams.ts';
import { APPLICATION_DATA, readDtls } from '../../support/fuzz/dtls.ts';
import { isCompound } from '../../support/fuzz/rtp.ts';
import { namesOf, genuineCheck } from '../../support/fuzz/stun-attacks.ts';
import { hasRightFingerprint, isSignedWith, readStun } from '../../support/fuzz/stun.ts';

const SAMPLES = 40;
const AIM = { username: 'abcd:efghi', password: 'the password of the service', ssrc: 0x1234 };
const ENCRYPTED = ', encrypted';
/** The index of an SRTCP packet, and its tag. */
const SRTCP_TRAILER = 14;

const samples = ({ make }: Datagram): Buffer[] => Array.from({ length: SAMPLES }, () => make(AIM));
const of = (...kinds: readonly Datagram['is'][]): Datagram[] => DATAGRAMS.filter(({ is }) => kinds.includes(is));

test('a check is read as RFC 5769 §2.1 has it', () => {
  const sample = Buffer.from(
    '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b1' +
      '51263b36000600096576746a3a683676592020200008001' +
      '49aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
    'hex',
  );
  expect(readStun(sample)?.attributes).toHaveLength(6);
  expect(isSignedWith(sample, 'VOkJxbRl1RmTxUk/WvJxBt')).toBe(true);
  expect(isSignedWith(sample, 'another')).toBe(false);
  expect(hasRightFingerprint(sample)).toBe(true);
});

test('a genuine check is one that the service takes', () => {
  const check = genuineCheck(AIM);
  expect([isSignedWith(check, AIM.password), hasRightFingerprint(check)]).toEqual([true, true]);
  const offer = 'a=ice-ufrag:efghi\r\na=ice-pwd:of the client\r\n';
  const answer = 'v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n';
  expect(namesOf(offer, answer)).toEqual({ username: 'abcd:efghi', password: 'secret' });
});

test.each(of('STUN'))('STUN, $what: is whole, and no check that the service takes', (kind) => {
  for (const bytes of samples(kind)) {
    expect(readStun(bytes)).not.toBeNull();
    expect(isSignedWith(bytes, AIM.password) && hasRightFingerprint(bytes)).toBe(false);
  }
});

test.each(of('DTLS'))('DTLS, $what: is whole records', (kind) => {
  for (const bytes of samples(kind)) {
    const records = readDtls(bytes);
    expect(records?.length).toBeGreaterThan(0);
    expect(records?.every(({ type }) => type <= APPLICATION_DATA)).toBe(true);
  }
});

test.each(of('RTP'))('$what: is whole', (kind) => {
  for (const bytes of samples(kind)) expect(parseRtp(bytes)).toMatchObject({ ssrc: AIM.ssrc });
});

test.each(of('RTCP'))('RTCP, $what: is a compound whose lengths are right', (kind) => {
  for (const bytes of samples(kind)) {
    const end = kind.what.endsWith(ENCRYPTED) ? bytes.length - SRTCP_TRAILER : bytes.length;
    expect(isCompound(bytes.subarray(0, end))).toBe(true);
  }
});

test('noise is of any length behind each head', () => {
  for (const kind of of('noise')) {
    const parities = new Set(samples(kind).map(({ length }) => length % 2));
    expect({ what: kind.what, parities: parities.size }).toEqual({ what: kind.what, parities: 2 });
  }
});

test('a flood has each kind', () => {
  const made = new Map<string, number>();
  const kinds = DATAGRAMS.map((kind) => ({ ...kind, make: () => Buffer.from(kind.what) }));
  const length = Math.ceil((DATAGRAMS.length * 4) / 3) + 1;
  for (let n = 0; n < length; n++) {
    const what = hostileDatagram(n, AIM, kinds).toString();
    made.set(what, (made.get(what) ?? 0) + 1);
  }
  for (const { what } of kinds) expect([what, made.has(what)]).toEqual([what, true]);
});
