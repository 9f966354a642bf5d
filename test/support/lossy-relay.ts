import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Loss {
  /** The payload type that is lost; retransmissions and padding have another. */
  readonly payloadType: number;
  /** Share of its packets lost on the way to the service, 0 to 1. */
  readonly up: number;
  /** Share lost on the way to the client. */
  readonly down: number;
}

/**
 * A UDP relay on loopback between one client and the service that loses RTP packets of one payload type, and nothing
 * else: STUN, DTLS and RTCP all arrive. What is lost follows a fixed pseudo-random sequence, so that a run can be repeated.
 */
export class LossyRelay {
  readonly lost = { up: 0, down: 0 };
  readonly #client: Socket;
  readonly #service: Socket;
  readonly #random = pseudoRandom(1);
  /** Where the client was last heard from; it need not be a loopback address. */
  #from: RemoteInfo | null = null;

  private constructor(client: Socket, service: Socket) {
    this.#client = client;
    this.#service = service;
  }

  /** `port` is that of the service's candidate. */
  static async open(port: number, loss: Loss): Promise<LossyRelay> {
    const [client, service] = await Promise.all([bind(), bind()]);
    const relay = new LossyRelay(client, service);
    client.on('message', (packet, from) => {
      relay.#from = from;
      if (relay.#loses(packet, loss.payloadType, loss.up)) relay.lost.up += 1;
      else service.send(packet, port, '127.0.0.1');
    });
    service.on('message', (packet) => {
      if (relay.#from === null) return;
      if (relay.#loses(packet, loss.payloadType, loss.down)) relay.lost.down += 1;
      else client.send(packet, relay.#from.port, relay.#from.address);
    });
    return relay;
  }

  /** Where the client is to send to. */
  get port(): number {
    return this.#client.address().port;
  }

  close(): void {
    this.#client.close();
    this.#service.close();
  }

  #loses(packet: Buffer, payloadType: number, share: number): boolean {
    return rtpPayloadType(packet) === payloadType && this.#random() < share;
  }
}

/** Null for what is no RTP: RFC 7983 §7 goes by the first byte, RFC 5761 §4 tells RTCP by the second. */
const rtpPayloadType = (packet: Buffer): number | null => {
  const [first = 0, second = 0] = packet;
  const isRtp = first >= 128 && first <= 191 && !(second >= 192 && second <= 223);
  return isRtp ? second & 0x7f : null;
};

async function bind(): Promise<Socket> {
  // Bound to loopback, so that it is reached from this machine alone.
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

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
