import { MediaClient } from '../media-client.mjs';
import type { ServiceProcess } from '../service-process.ts';
import { endpointOf } from './call.ts';
import { hostileDatagram, type Aim } from './datagrams.ts';
import { DTLS_ATTACKS } from './dtls-attacks.ts';
import { CHANGE_CIPHER_SPEC, HANDSHAKE, readDtls } from './dtls.ts';
import { connect, type Eavesdropper } from './enter.ts';
import { Sniffer } from './sniffer.ts';
import { Spoofer, type Endpoint } from './spoofer.ts';
import { namesOf, NOBODY, STUN_ATTACKS } from './stun-attacks.ts';

/** Until it is known which port is his. */
const BEFORE_MS = 4;
/** Each millisecond, when it is. */
const AT_ONCE = 4;

type Make = (n: number, aim: Aim) => Buffer;

/** What is sent with the address of somebody who connects, and whether a handshake stands it. */
export interface HandshakeAttack {
  readonly what: string;
  /**
   * RFC 6347 has nothing against the others: what comes with the right address, before there are keys, is from the
   * other side. TLS 1.2's messages of the handshake are proven to be so at its end only, and its alerts never.
   */
  readonly isWithstood: boolean;
  readonly make: Make;
}

const WITHSTOOD = ['data of other keys', 'an end of the handshake of other keys'];
const STUN = Object.values(STUN_ATTACKS);

export const HANDSHAKE_ATTACKS: readonly HandshakeAttack[] = [
  ...Object.entries(DTLS_ATTACKS).map(([what, make]) => ({ what, make, isWithstood: WITHSTOOD.includes(what) })),
  { what: 'STUN', isWithstood: true, make: (n, aim) => STUN[n % STUN.length]!(aim) },
  { what: 'all there is', isWithstood: false, make: hostileDatagram },
];

/** What came of it. */
export interface Disturbed {
  /** 1000 where the connection came up, else why not. */
  readonly code: number;
  /** Datagrams that came between the first one of the service's handshake and the last one of the client's. */
  readonly during: number;
}

/** Sends with the address of who connects: to each port until it is known which is his, and then to that, as he answers. */
class Disturber implements Eavesdropper {
  readonly #ports: readonly number[];
  readonly #make: Make;
  readonly #sent = new Set<string>();
  #spoofer: Spoofer | null = null;
  #sniffer: Sniffer | null = null;
  #victim: Endpoint = { address: '', port: 0 };
  #sending: NodeJS.Timeout | undefined;
  #offer = '';
  /** Names are known once the answer is. */
  #aim: Aim = { ...NOBODY, ssrc: 0x1111 };
  #count = 0;
  #isDuring = false;
  during = 0;

  constructor(ports: readonly number[], make: Make) {
    this.#ports = ports;
    this.#make = make;
  }

  onOffer(offer: string): void {
    this.#offer = offer;
    this.#victim = endpointOf(offer);
    this.#spoofer = new Spoofer(this.#victim, '127.0.0.1');
    this.#sending = setInterval(() => this.#send(this.#ports), BEFORE_MS);
  }

  async onAnswer(answer: string): Promise<void> {
    const target = endpointOf(answer);
    this.#aim = { ...this.#aim, ...namesOf(this.#offer, answer) };
    this.#sniffer = await Sniffer.open(this.#victim, target, (datagram, source) => this.#see(datagram, source));
    clearInterval(this.#sending);
    this.#sending = setInterval(() => this.#send(Array<number>(AT_ONCE).fill(target.port)), 1);
  }

  async close(): Promise<void> {
    clearInterval(this.#sending);
    await this.#spoofer?.close();
    await this.#sniffer?.close();
  }

  #send(ports: readonly number[]): void {
    for (const port of ports) {
      const datagram = this.#make(this.#count++, this.#aim);
      this.#sent.add(datagram.toString('hex'));
      this.#spoofer?.send(datagram, port);
    }
  }

  #see(datagram: Buffer, source: number): void {
    const records = readDtls(datagram) ?? [];
    if (source !== this.#victim.port) {
      if (records.some(({ type }) => type === HANDSHAKE)) this.#isDuring = true;
      return;
    }
    if (this.#sent.has(datagram.toString('hex'))) this.during += Number(this.#isDuring);
    // The flight with which the server of a handshake ends it.
    else if (records.some(({ type }) => type === CHANGE_CIPHER_SPEC)) this.#isDuring = false;
  }
}

/** One who connects while somebody sends with his address, to one of these ports. */
export async function connectUnder(
  service: ServiceProcess,
  ports: readonly number[],
  make: Make | null,
): Promise<Disturbed> {
  const client = await MediaClient.open();
  const disturber = make === null ? null : new Disturber(ports, make);
  try {
    const result = await connect(service, 'victim', client, disturber);
    return { code: typeof result === 'number' ? result : 1000, during: disturber?.during ?? 0 };
  } finally {
    await disturber?.close();
    await client.close();
  }
}
