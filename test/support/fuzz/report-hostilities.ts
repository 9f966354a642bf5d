import { randomBytes, randomInt } from 'node:crypto';
import { hex } from './dtls.ts';
import { times, type Hostility } from './hostility.ts';
import { Insider } from './insider.ts';
import { all, dropped, grew, reportsCame, withDirect } from './proofs.ts';
import { BYE, feedback, PSFB, RECEIVER_REPORT, reportBlock, rtcp, RTPFB, word } from './rtp.ts';
import { cameLater, neverCame, neverSent } from './transport-lies.ts';

const VIDEO = 'video';

const about = (type: number, format: number, ssrc: number, control: Buffer): Buffer =>
  feedback(type, format, Insider.ssrc, ssrc, control);

/** draft-alvestrand-rmcat-remb-03 §2.2, of one stream: six bits of an exponent, eighteen of what it multiplies. */
const remb = (estimate: string, ssrc: number): Buffer =>
  about(PSFB, 15, 0, Buffer.concat([Buffer.from('REMB'), hex(`01 ${estimate}`), word(ssrc)]));
const ONE_BIT = '000001';
const BEYOND_64_BITS = 'ffffff';

/** A report as `reportsCame` knows it. */
export const markedReport = (insider: Insider, mark: number): Buffer =>
  rtcp(RECEIVER_REPORT, 1, word(Insider.ssrc), reportBlock(insider.slot('audio'), { jitter: mark * 48 }));

/** What is said in reports and feedback. */
export const REPORTING: readonly Hostility[] = [
  {
    what: 'asks for a key frame 1000 times a second',
    act: (insider, report) =>
      times(20, () => insider.rtcp(Buffer.concat([report, about(PSFB, 1, insider.slot(VIDEO), hex(''))]))),
    proof: all(
      reportsCame,
      grew(({ stats }) => stats.keyframeRequests.received, 500),
    ),
  },
  {
    what: 'asks 1000 times a second for 170 packets to be sent again',
    act: (insider, report) =>
      times(20, () => {
        const asked = Array.from({ length: 10 }, () => word(randomInt(2 ** 16) * 2 ** 16 + 0xffff));
        insider.rtcp(Buffer.concat([report, about(RTPFB, 1, insider.slot(VIDEO), Buffer.concat(asked))]));
      }),
    proof: all(
      reportsCame,
      grew(({ stats }) => stats.nacks.received, 500),
    ),
  },
  {
    what: 'reports that everything is lost',
    act: (insider) =>
      times(10, () => {
        const blocks = (['audio', VIDEO] as const).map((kind) => reportBlock(insider.slot(kind), { fraction: 0xff }));
        insider.rtcp(rtcp(RECEIVER_REPORT, 2, word(Insider.ssrc), ...blocks));
      }),
    proof: ({ now }) =>
      now.streams.filter(({ direction, fractionLost }) => direction === 'sent' && (fractionLost ?? 0) > 0.99).length ===
      2,
  },
  {
    what: 'has a line of one bit a second, and of more than there are (REMB)',
    act: (insider, report) =>
      times(10, (n) =>
        insider.rtcp(Buffer.concat([report, remb(n % 2 === 0 ? ONE_BIT : BEYOND_64_BITS, insider.slot(VIDEO))])),
      ),
    proof: all(
      reportsCame,
      // What cannot be is not taken.
      withDirect(({ now }) => now.details?.receiver.bitrateLimit === 1),
    ),
  },
  {
    what: 'says that what he is sent comes later and later (transport-wide feedback)',
    act: (insider, report) => {
      const said = cameLater(insider.numbers);
      if (said !== null) insider.rtcp(Buffer.concat([report, about(RTPFB, 15, insider.slot(VIDEO), said)]));
    },
    // Where webrtcbin numbers what is sent, nobody knows when that was.
    proof: all(
      reportsCame,
      withDirect(({ now }) => (now.details?.receiver.queueMs ?? 0) > 300),
    ),
  },
  {
    what: 'says that nothing came of what he was sent (transport-wide feedback)',
    act: (insider, report) => {
      const said = neverCame(insider.numbers);
      if (said !== null) insider.rtcp(Buffer.concat([report, about(RTPFB, 15, insider.slot(VIDEO), said)]));
    },
    // It costs him his video, and nobody else's.
    proof: all(
      ({ now }) => (now.details?.receiver.transportLoss ?? 0) > 0.9,
      ({ told }) => told.some((text) => text.includes('"congestion"') && text.includes('"none"')),
    ),
  },
  {
    // Behind the two above: where webrtcbin numbers what it sends, the service knows of the numbers by him alone.
    what: 'says of packets that nobody sent when they came (transport-wide feedback)',
    act: (insider, report) =>
      times(20, () => insider.rtcp(Buffer.concat([report, about(RTPFB, 15, insider.slot(VIDEO), neverSent())]))),
    proof: reportsCame,
  },
  {
    what: 'sends reports that are noise, are cut off, or say good-bye for others',
    act: (insider, report) =>
      times(10, () => {
        insider.rtcp(Buffer.concat([report, rtcp(BYE, 1, word(insider.slot(VIDEO)))]));
        insider.rtcp(Buffer.concat([report, hex('81cd00ff'), randomBytes(12)]));
        insider.rtcp(Buffer.concat([Buffer.from([0x9f, randomInt(192, 224), 0, randomInt(256)]), randomBytes(40)]));
      }),
    proof: reportsCame,
  },
  {
    what: 'sends 20 000 reports a second',
    act: (insider, report) => times(400, () => insider.rtcp(report)),
    // webrtcbin reads them all, on threads of this connection alone.
    proof: all(reportsCame, withDirect(dropped('rate', 1_000))),
  },
];
