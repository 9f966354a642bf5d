import { randomBytes, randomInt } from 'node:crypto';
import { Insider } from './insider.ts';

/** What `GET /peers/:id` tells of the one who does it. */
export interface InsiderStats {
  readonly received: { readonly packets: number };
  readonly dropped: Readonly<Record<string, number>>;
  readonly keyframeRequests: { readonly received: number };
  readonly nacks: { readonly received: number };
}

export interface Hostility {
  readonly what: string;
  /** Called fifty times a second. */
  readonly act: (insider: Insider) => void;
  /** What shows that it came; left out, or null with this `EGRESS`, where nothing counts it. */
  readonly counted?: (stats: InsiderStats, egress: string) => number | null;
}

const times = (count: number, act: (n: number) => void): void => {
  for (let n = 0; n < count; n += 1) act(n);
};

/** RFC 3550 §6.1: a compound begins with a report; this one reports nothing. */
const EMPTY_REPORT = Buffer.from('80c9000100005678', 'hex');

/** RFC 4585 §6.1: a feedback message about one stream. */
function feedback(type: number, format: number, ssrc: number, control: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(0x80 | format, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(2 + control.length / 4, 2);
  head.writeUInt32BE(Insider.ssrc, 4);
  head.writeUInt32BE(ssrc, 8);
  return Buffer.concat([EMPTY_REPORT, head, control]);
}

/** RFC 3550 §6.4.2: all is lost, of whatever was sent. */
function report(ssrc: number): Buffer {
  const packet = Buffer.alloc(32);
  packet.writeUInt32BE(0x81c9_0007, 0);
  packet.writeUInt32BE(Insider.ssrc, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt32BE(0xff7f_ffff, 12);
  randomBytes(16).copy(packet, 16);
  return packet;
}

let sequence = 0;

/** RTP of his own stream, where nothing else is said. */
function rtp({ first = 0x90, type = 111, ssrc = Insider.ssrc, extension = 'bede000110140000' } = {}): Buffer {
  const head = Buffer.alloc(12);
  sequence += 1;
  head.writeUInt8(first, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(sequence % 2 ** 16, 2);
  head.writeUInt32BE((sequence * 960) % 2 ** 32, 4);
  head.writeUInt32BE(ssrc, 8);
  return Buffer.concat([head, Buffer.from(extension, 'hex'), randomBytes(40)]);
}

const PSFB = 206;
const RTPFB = 205;
const VIDEO = 'video';

const FAST: Hostility = {
  what: 'talks a hundred times as fast as one can',
  act: (insider) => times(100, () => insider.rtp(rtp())),
  counted: ({ dropped }) => dropped['rate'] ?? 0,
};

/** Where MAX_PACKET_RATE is what it is by default, and most of it goes to the others. */
export const LET_THROUGH: Hostility = { ...FAST, counted: ({ received }) => received.packets };

export const HOSTILITIES: readonly Hostility[] = [
  FAST,
  {
    what: 'asks for a key frame 1000 times a second',
    act: (insider) => times(20, () => insider.rtcp(feedback(PSFB, 1, insider.slot(VIDEO), Buffer.alloc(0)))),
    counted: ({ keyframeRequests }) => keyframeRequests.received,
  },
  {
    what: 'asks 1000 times a second for 170 packets to be sent again',
    act: (insider) =>
      times(20, () => {
        const asked = Array.from({ length: 10 }, () => {
          const first = Buffer.alloc(4, 0xff);
          first.writeUInt16BE(randomInt(2 ** 16), 0);
          return first;
        });
        insider.rtcp(feedback(RTPFB, 1, insider.slot(VIDEO), Buffer.concat(asked)));
      }),
    counted: ({ nacks }) => nacks.received,
  },
  {
    what: 'reports that everything is lost',
    act: (insider) =>
      times(10, () => {
        insider.rtcp(report(insider.slot('audio')));
        insider.rtcp(report(insider.slot(VIDEO)));
      }),
  },
  {
    what: 'has a line of one bit a second, and of all there are (REMB)',
    act: (insider) =>
      times(10, (n) => {
        const estimate = Buffer.from(n % 2 === 0 ? '52454d4201000001' : '52454d4201ffffff', 'hex');
        const about = Buffer.alloc(4);
        about.writeUInt32BE(insider.slot(VIDEO));
        insider.rtcp(feedback(PSFB, 15, 0, Buffer.concat([estimate, about])));
      }),
  },
  {
    what: 'says of packets that nobody sent when they came (transport-wide feedback)',
    act: (insider) =>
      times(20, () => {
        const said = randomBytes(28);
        // So many packets as it takes 16 bits to say, in runs that claim anything.
        if (randomInt(2) === 0) said.writeUInt16BE(0xffff, 2);
        insider.rtcp(feedback(RTPFB, 15, insider.slot(VIDEO), said));
      }),
  },
  {
    what: 'sends reports that are noise, are cut off, or say good-bye for others',
    act: (insider) =>
      times(10, () => {
        const bye = Buffer.from('81cb000100000000', 'hex');
        bye.writeUInt32BE(insider.slot(VIDEO), 4);
        insider.rtcp(Buffer.concat([EMPTY_REPORT, bye]));
        insider.rtcp(Buffer.concat([EMPTY_REPORT, Buffer.from('81cd00ff', 'hex'), randomBytes(12)]));
        insider.rtcp(Buffer.concat([Buffer.from([0x9f, randomInt(192, 224), 0, randomInt(256)]), randomBytes(40)]));
      }),
  },
  {
    what: 'sends 20 000 reports a second',
    act: (insider) => times(400, () => insider.rtcp(EMPTY_REPORT)),
    // webrtcbin reads them all, on threads of this connection alone.
    counted: ({ dropped }, egress) => (egress === 'direct' ? (dropped['rate'] ?? 0) : null),
  },
  {
    what: 'sends payload types and streams that he has not offered',
    act: (insider) =>
      times(10, () => {
        insider.rtp(rtp({ type: randomInt(128) }));
        insider.rtp(rtp({ ssrc: randomInt(2 ** 32) }));
      }),
    counted: ({ dropped }) =>
      (dropped['payloadType'] ?? 0) + (dropped['unknownSsrc'] ?? 0) + (dropped['ssrcLimit'] ?? 0),
  },
  {
    what: 'sends headers that are longer than their packets',
    act: (insider) =>
      times(5, () => {
        insider.rtp(rtp({ extension: 'bedeffff10140000' }));
        insider.rtp(rtp({ extension: 'bede00011f140000' }));
        insider.rtp(rtp({ first: 0x9f }));
        insider.rtp(rtp({ first: 0xb0 }));
      }),
  },
  {
    what: 'floods the events channel',
    act: (insider) =>
      times(20, (n) => insider.say(n % 2 === 0 ? JSON.stringify({ type: 'mute', muted: true }) : 'x'.repeat(1_000))),
    counted: ({ dropped }) => dropped['message'] ?? 0,
  },
];
