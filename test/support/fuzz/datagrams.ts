// What somebody without keys sends to a media port: whatever begins like what belongs there (RFC 7983).
import { randomBytes, randomInt } from 'node:crypto';
import { DTLS_ATTACKS } from './dtls-attacks.ts';
import { clientHello, hex } from './dtls.ts';
import { feedback, PSFB, RECEIVER_REPORT, reportBlock, rtcp, rtpHead, RTPFB, SENDER_REPORT, word } from './rtp.ts';
import { STUN_ATTACKS, type IceNames } from './stun-attacks.ts';

/** What of the media that he aims at is seen on the wire. */
export interface Aim extends IceNames {
  /** Of somebody's stream: RTP tells it in plain text. */
  readonly ssrc: number;
}

export interface Datagram {
  readonly what: string;
  /** `noise`: only its beginning is of anything. */
  readonly is: 'STUN' | 'DTLS' | 'RTP' | 'RTCP' | 'noise';
  readonly make: (aim: Aim) => Buffer;
}

/** RFC 3711 §3.1 and §3.4: what stands behind a packet when it is encrypted, with keys of nobody. */
const TAG = 10;
const srtcp = (compound: Buffer): Buffer =>
  Buffer.concat([compound, word(2 ** 31 + randomInt(2 ** 31)), randomBytes(TAG)]);

const rtp = ({ ssrc }: Aim, { first = 0x90, type = 111, extension = 'bede000110140000' } = {}): Buffer =>
  Buffer.concat([
    rtpHead({ first, type, ssrc, sequence: randomInt(2 ** 16) }),
    hex(extension),
    randomBytes(40 + randomInt(40) + TAG),
  ]);

const report = ({ ssrc }: Aim): Buffer => rtcp(RECEIVER_REPORT, 1, word(ssrc), reportBlock(ssrc, { fraction: 0xff }));
const compounds: Readonly<Record<string, (aim: Aim) => Buffer>> = {
  'a report that all is lost': report,
  'a report of what was sent': ({ ssrc }) => rtcp(SENDER_REPORT, 0, word(ssrc), randomBytes(20)),
  'a good-bye for somebody else': (aim) => Buffer.concat([report(aim), rtcp(203, 1, word(aim.ssrc))]),
  'a request for a key frame': (aim) => Buffer.concat([report(aim), feedback(PSFB, 1, aim.ssrc, aim.ssrc, hex(''))]),
  'a request for lost packets': (aim) =>
    Buffer.concat([report(aim), feedback(RTPFB, 1, aim.ssrc, aim.ssrc, randomBytes(4 * (1 + randomInt(20))))]),
  'transport-wide feedback': (aim) =>
    Buffer.concat([report(aim), feedback(RTPFB, 15, aim.ssrc, aim.ssrc, randomBytes(28))]),
};

/** Heads whose lengths do not fit what is behind them, or which are cut off. */
const HEADS: readonly Buffer[] = [
  hex('16fefd0000000000000000003601000026000000000000002afefd'),
  hex('16feff00000000000000000006010000'),
  hex('15fefd000000000000000000020250'),
  hex('000100002112a442'),
  hex('0101ffff2112a442'),
  hex('906f0001000003c000001234bede0001'),
  hex('9f6f0001000003c000001234'),
  hex('80c800ff00001234'),
  hex('80'),
  // TURN's channel data, and what is nothing.
  hex('40000004'),
  hex('ff'),
  hex(''),
];

const named = <Make>(
  is: Datagram['is'],
  makes: Readonly<Record<string, Make>>,
  how: (make: Make, aim: Aim) => Buffer,
) => Object.entries(makes).map(([what, make]): Datagram => ({ what, is, make: (aim) => how(make, aim) }));

export const DATAGRAMS: readonly Datagram[] = [
  ...named('STUN', STUN_ATTACKS, (make, aim) => make(aim)),
  ...named('DTLS', DTLS_ATTACKS, (make) => make()),
  { what: 'RTP of somebody else', is: 'RTP', make: (aim) => rtp(aim) },
  { what: 'RTP of another type', is: 'RTP', make: (aim) => rtp(aim, { type: randomInt(64) }) },
  {
    what: 'RTP with the other header extension',
    is: 'RTP',
    make: (aim) => rtp(aim, { extension: '1000000101018000' }),
  },
  ...named('RTCP', compounds, (make, aim) => make(aim)),
  ...named('RTCP', compounds, (make, aim) => srtcp(make(aim))).map((each) => ({
    ...each,
    what: `${each.what}, encrypted`,
  })),
  ...HEADS.map((head, n): Datagram => ({
    what: `noise behind head ${n}`,
    is: 'noise',
    make: () => Buffer.concat([head, randomBytes(randomInt(80))]),
  })),
];

/** The n-th of a flood: each kind in turn, and every fourth a hello that is whole. */
export function hostileDatagram(n: number, aim: Aim, kinds = DATAGRAMS): Buffer {
  if (n % 4 === 0) return clientHello();
  // Without every fourth, and the first.
  return kinds[(n - 1 - Math.floor(n / 4)) % kinds.length]!.make(aim);
}
