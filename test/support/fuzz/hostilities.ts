import { randomBytes, randomInt } from 'node:crypto';
import { hex } from './dtls.ts';
import { times, type Hostility } from './hostility.ts';
import { Insider } from './insider.ts';
import { all, dropped, grew, withDirect, type Proof } from './proofs.ts';
import { rtpHead } from './rtp.ts';
import { REPORTING } from './report-hostilities.ts';

const LEVEL = 'bede000110140000';

/** RTP of his own stream, where nothing else is said. */
function rtp(insider: Insider, { first = 0x90, type = 111, ssrc = Insider.ssrc } = {}): Buffer {
  const head = rtpHead({ first, type, ssrc, sequence: insider.nextSequence() });
  return Buffer.concat([head, hex(LEVEL), randomBytes(40)]);
}

/** The same, as he encrypts it himself: `last` is its last byte, which counts the padding where there is some. */
function anyRtp(insider: Insider, { first = 0x90, extension = LEVEL, last = 0 } = {}): void {
  const sequence = insider.nextSequence();
  const head = rtpHead({ first, sequence, ssrc: Insider.ssrc });
  insider.anyRtp(Buffer.concat([head, hex(extension), randomBytes(40), Buffer.from([last])]), sequence);
}

const received: (by: number) => Proof = (by) => grew(({ stats }) => stats.received.packets, by);

const FAST: Hostility = {
  what: 'talks a hundred times as fast as one can',
  act: (insider) => times(100, () => insider.rtp(rtp(insider))),
  proof: dropped('rate', 1_000),
};

/** Where MAX_PACKET_RATE is what it is by default, and most of it goes to the others. */
export const LET_THROUGH: Hostility = { ...FAST, proof: received(1_000) };

export const HOSTILITIES: readonly Hostility[] = [
  FAST,
  ...REPORTING,
  {
    what: 'sends headers that are longer than their packets',
    act: (insider) =>
      times(2, () => {
        anyRtp(insider, { extension: 'bedeffff10140000' });
        anyRtp(insider, { first: 0x9f, extension: 'bede00ff' });
        anyRtp(insider, { first: 0x9f });
        // What is wrong here is behind the header, and an element in it.
        anyRtp(insider, { first: 0xb0, last: 0xff });
        anyRtp(insider, { extension: 'bede00011f140000' });
        // Whoever has stopped sending at one of the others does not send this.
        anyRtp(insider);
      }),
    proof: all(received(200), withDirect(all(dropped('unauthentic', 300), dropped('malformed', 100)))),
  },
  {
    // The last of his streams: these take the places of those that he has offered.
    what: 'sends payload types and streams that he has not offered',
    act: (insider) =>
      times(5, () => {
        // Those that are not RTCP (RFC 5761 §4).
        insider.rtp(rtp(insider, { type: randomInt(64) }));
        const ssrc = randomInt(2 ** 32);
        // webrtcbin does not believe in a stream by its first packet (RFC 3550 §A.1).
        times(3, () => insider.rtp(rtp(insider, { ssrc })));
      }),
    proof: all(
      dropped('payloadType', 100),
      grew(({ stats: { dropped: each } }) => (each['unknownSsrc'] ?? 0) + (each['ssrcLimit'] ?? 0), 100),
    ),
  },
  {
    what: 'floods the events channel',
    act: (insider) =>
      times(20, (n) => insider.say(n % 2 === 0 ? JSON.stringify({ type: 'mute', muted: true }) : 'x'.repeat(1_000))),
    proof: dropped('message', 100),
  },
];
