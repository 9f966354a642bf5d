import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** What a network does to the datagrams of one direction. */
export interface Way {
  /** What goes on in place of this datagram, in this order. */
  pass(datagram: Buffer): readonly Buffer[];
  /** How long that takes, this datagram, or each; no time where it is left out. Infinity: it never arrives. */
  readonly delayMs?: number | ((datagram: Buffer) => number);
}

/** A UDP relay on this machine between one client and the service; neither learns the other's address. */
export class Relay {
  up: Way;
  down: Way;
  readonly #client: Socket;
  readonly #service: Socket;
  /** Where the client was last heard from; it need not be a loopback address. */
  #from: RemoteInfo | null = null;
  #isOpen = true;

  private constructor(client: Socket, service: Socket, ways: Ways) {
    this.#client = client;
    this.#service = service;
    this.up = ways.up;
    this.down = ways.down;
  }

  /** `address` and `port` are those of the service's candidate, an address of this machine. */
  static async open(address: string, port: number, ways: Ways): Promise<Relay> {
    const [client, service] = await Promise.all([bind(address), bind(address)]);
    const relay = new Relay(client, service, ways);
    client.on('message', (datagram, from) => {
      relay.#from = from;
      relay.#later(relay.up, datagram, (each) => service.send(each, port, address));
    });
    service.on('message', (datagram) => {
      const to = relay.#from;
      if (to !== null) relay.#later(relay.down, datagram, (each) => client.send(each, to.port, to.address));
    });
    return relay;
  }

  /** Where the client is to send to. */
  get port(): number {
    return this.#client.address().port;
  }

  close(): void {
    this.#isOpen = false;
    this.#client.close();
    this.#service.close();
  }

  #later(way: Way, datagram: Buffer, send: (datagram: Buffer) => void): void {
    const sendAll = (): void => {
      if (this.#isOpen) for (const each of way.pass(datagram)) send(each);
    };
    const delayMs = typeof way.delayMs === 'function' ? way.delayMs(datagram) : (way.delayMs ?? 0);
    if (delayMs === 0) sendAll();
    else if (delayMs < Infinity) setTimeout(sendAll, delayMs);
  }
}

export interface Ways {
  /** To the service. */
  readonly up: Way;
  /** To the client. */
  readonly down: Way;
}

/** Payload types of video and of its retransmissions. */
export interface VideoTypes {
  readonly video: number;
  readonly retransmitted: number;
}

/** A relay to where this answer leads, and the answer that leads to the relay. */
export async function throughRelay(
  answer: string,
  waysOf: (types: VideoTypes) => Ways,
): Promise<{ relay: Relay; answer: string }> {
  const candidates = [...answer.matchAll(/^a=candidate:\S+ 1 UDP \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host.*\r\n/gm)];
  // Firefox would not send to a loopback one.
  const chosen = candidates.find(([, address]) => address !== '127.0.0.1') ?? candidates[0];
  if (chosen === undefined) throw new Error(`no candidate in the answer:\n${answer}`);
  const [line, address = '', port = ''] = chosen;
  const typeOf = (codec: string): number => Number(new RegExp(`^a=rtpmap:(\\d+) ${codec}/`, 'm').exec(answer)?.[1]);
  const relay = await Relay.open(address, Number(port), waysOf({ video: typeOf('VP8'), retransmitted: typeOf('rtx') }));
  const others = answer.replaceAll(/^a=candidate:.*\r\n/gm, (found) => (found === line ? found : ''));
  return { relay, answer: others.replace(line, line.replace(` ${port} typ`, ` ${relay.port} typ`)) };
}

/** An offer that does not tell the client's addresses: the service learns of the relay by what arrives. */
export const withoutCandidates = (offer: string): string => offer.replaceAll(/^a=candidate:.*\r\n/gm, '');

/** A network that does nothing. */
export const PLAIN: Way = { pass: (datagram) => [datagram] };

/** Of so many packets of a stream, exactly the share is lost: a run has no more bad luck than another. */
const BLOCK = 250;

/**
 * Loses RTP packets of one payload type, and nothing else: STUN, DTLS and RTCP all arrive. Which ones follows a fixed
 * pseudo-random sequence, so that a run can be repeated.
 */
export class Loss implements Way {
  lost = 0;
  readonly #payloadType: number | null;
  readonly #share: number;
  readonly #random = pseudoRandom(1);
  /** By SSRC: how many packets its block has yet, and how many of them are lost. */
  readonly #blocks = new Map<number, { left: number; toLose: number }>();

  /** `share`: from 0 to 1; retransmissions and padding have another payload type. Null: all RTP and RTCP. */
  constructor(payloadType: number | null, share: number) {
    this.#payloadType = payloadType;
    this.#share = share;
  }

  pass(datagram: Buffer): readonly Buffer[] {
    if (!this.#concerns(datagram) || !this.#draws(ssrcOf(datagram))) return [datagram];
    this.lost += 1;
    return [];
  }

  #draws(ssrc: number): boolean {
    const block = this.#blocks.get(ssrc) ?? { left: 0, toLose: 0 };
    this.#blocks.set(ssrc, block);
    if (block.left === 0) Object.assign(block, { left: BLOCK, toLose: block.toLose + this.#share * BLOCK });
    const isLost = this.#random() * block.left < block.toLose;
    block.left -= 1;
    if (isLost) block.toLose -= 1;
    return isLost;
  }

  #concerns(datagram: Buffer): boolean {
    return this.#payloadType === null ? isMedia(datagram) : rtpPayloadType(datagram) === this.#payloadType;
  }
}

/** Counts RTP packets of one payload type, and lets everything pass. */
export class Count implements Way {
  seen = 0;
  readonly #payloadType: number;

  constructor(payloadType: number) {
    this.#payloadType = payloadType;
  }

  pass(datagram: Buffer): readonly Buffer[] {
    if (rtpPayloadType(datagram) === this.#payloadType) this.seen += 1;
    return [datagram];
  }
}

/** One network behind the other, and so far away. */
export const inTurn = (delayMs: number, ...ways: readonly Way[]): Way => ({
  delayMs,
  pass: (datagram) =>
    ways.reduce<readonly Buffer[]>((datagrams, way) => datagrams.flatMap((each) => way.pass(each)), [datagram]),
});

/** How many packets of a stream lie between two that are held back for the same reason. */
const HELD_EVERY = 25;
const LATE_EVERY = 40;
const LATE_BY = 300;

/**
 * Everything twice; of the packets that can be sent again, some are held back until a retransmission has overtaken them,
 * and some come 300 packets too late.
 */
export class Abuse implements Way {
  readonly counts = { doubled: 0, overtaken: 0, late: 0 };
  /** How long it took each time until a retransmission came, ms. */
  readonly waits: number[] = [];
  readonly #media: number;
  readonly #retransmitted: number;
  #seen = 0;
  #held: { readonly since: number; readonly packet: Buffer } | null = null;
  readonly #late: { readonly due: number; readonly packet: Buffer }[] = [];

  /** Payload types: of the stream, and of its retransmissions. */
  constructor(media: number, retransmitted: number) {
    this.#media = media;
    this.#retransmitted = retransmitted;
  }

  pass(datagram: Buffer): readonly Buffer[] {
    const type = rtpPayloadType(datagram);
    if (type === this.#retransmitted) return [datagram, datagram, ...this.#overtaken()];
    if (type !== this.#media) return this.#twice(datagram);
    this.#seen += 1;
    if (this.#seen % HELD_EVERY === 0 && this.#held === null) {
      this.#held = { since: performance.now(), packet: datagram };
      return this.#due();
    }
    if (this.#seen % LATE_EVERY === 0) {
      this.#late.push({ due: this.#seen + LATE_BY, packet: datagram });
      return this.#due();
    }
    return [...this.#twice(datagram), ...this.#due()];
  }

  #twice(datagram: Buffer): readonly Buffer[] {
    this.counts.doubled += 1;
    return [datagram, datagram];
  }

  #overtaken(): readonly Buffer[] {
    if (this.#held === null) return [];
    const { since, packet } = this.#held;
    this.#held = null;
    this.counts.overtaken += 1;
    this.waits.push(performance.now() - since);
    return [packet];
  }

  #due(): readonly Buffer[] {
    const first = this.#late[0];
    if (first === undefined || first.due > this.#seen) return [];
    this.#late.shift();
    this.counts.late += 1;
    return [first.packet];
  }
}

/** RTP or RTCP: RFC 7983 §7 goes by the first byte. */
const isMedia = ([first = 0]: Buffer): boolean => first >= 128 && first <= 191;

/** Of what is one of the two: RFC 5761 §4 goes by the second byte. */
const isRtcp = ([, second = 0]: Buffer): boolean => second >= 192 && second <= 223;

/** Null for what is no RTP. */
const rtpPayloadType = (datagram: Buffer): number | null =>
  isMedia(datagram) && !isRtcp(datagram) ? (datagram[1] ?? 0) & 0x7f : null;

/** That of the sender (RFC 3550 §5.1, §6.4). */
const ssrcOf = (datagram: Buffer): number => datagram.readUInt32BE(isRtcp(datagram) ? 4 : 8);

async function bind(address: string): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, address);
  await once(socket, 'listening');
  return socket;
}

/** Takes so long and so much more or less; what is overtaken arrives out of order. */
export const jitter = (meanMs: number, spreadMs: number): Way => {
  const random = pseudoRandom(2);
  return { ...PLAIN, delayMs: () => meanMs + spreadMs * (2 * random() - 1) };
};

/** Holds back a share of all datagrams so long that others overtake them. */
export const reordering = (share: number, byMs: number): Way => {
  const random = pseudoRandom(3);
  return { ...PLAIN, delayMs: () => (random() < share ? byMs : 0) };
};

/** A line of so many bits per second with a queue in front of it, which drops what would have to wait longer than `queueMs`. */
export const bottleneck = (bitsPerSecond: number, queueMs: number): Way => {
  let freeAt = 0;
  return {
    ...PLAIN,
    delayMs: ({ length }) => {
      const now = performance.now();
      const start = Math.max(now, freeAt);
      if (start - now > queueMs) return Infinity;
      freeAt = start + ((length + UDP_HEADERS) * 8_000) / bitsPerSecond;
      return freeAt - now;
    },
  };
};

/** A way on which no larger IP packet passes, and nobody is told. */
export const narrow = (mtu: number): Way => ({
  pass: (datagram) => (datagram.length + UDP_HEADERS > mtu ? [] : [datagram]),
});

/** Nothing passes. */
export const CUT: Way = { pass: () => [] };

/** IPv4 and UDP. */
const UDP_HEADERS = 28;

/** Mulberry32: small, and good enough to lose packets by. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
