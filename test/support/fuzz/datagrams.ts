import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { clientHello } from './client-hello.ts';

/** What stands at the beginning of what arrives on a media port, by RFC 7983: and noise behind it. */
const HEADS: readonly Buffer[] = [
  // DTLS 1.2: a hello whose lengths do not fit, one that is cut off, an alert, a close.
  Buffer.from('16fefd0000000000000000003601000026000000000000002afefd', 'hex'),
  Buffer.from('16feff00000000000000000006010000', 'hex'),
  Buffer.from('15fefd000000000000000000020250', 'hex'),
  Buffer.from('15fefd000000000000000000020100', 'hex'),
  // STUN: a binding request without credentials, a response nobody asked for.
  Buffer.from('000100002112a442', 'hex'),
  Buffer.from('010100082112a442', 'hex'),
  // RTP and RTCP, with and without lengths that fit.
  Buffer.from('906f0001000003c000001234bede0001', 'hex'),
  Buffer.from('80600001', 'hex'),
  Buffer.from('80c8000600001234', 'hex'),
  Buffer.from('81cd00ff0000000900001234', 'hex'),
  // TURN channel data, and what is nothing.
  Buffer.from('40000004', 'hex'),
  Buffer.from('ff', 'hex'),
  Buffer.alloc(0),
];

/** The n-th of a flood; every other one is a hello that is whole. */
export function hostileDatagram(n: number): Buffer {
  if (n % 2 === 0) return clientHello();
  const head = HEADS[((n - 1) / 2) % HEADS.length] ?? Buffer.alloc(0);
  return Buffer.concat([head, randomBytes(n % 80)]);
}

/** Somebody who sees no packet and has no keys: datagrams from an address of his own to all these ports, in turn. */
export class Stranger {
  readonly #socket = createSocket('udp4');
  readonly #ports: readonly number[];
  #timer: NodeJS.Timeout | null = null;
  #sent = 0;

  constructor(ports: readonly number[]) {
    this.#ports = ports;
    // A port that nobody listens on is reported here.
    this.#socket.on('error', () => undefined);
  }

  /** How many he has sent. */
  get sent(): number {
    return this.#sent;
  }

  /** From now on, `batch` datagrams every 20 ms. */
  async start(address: string, batch: number): Promise<void> {
    this.#socket.bind(0, address);
    await once(this.#socket, 'listening');
    this.#timer = setInterval(() => {
      for (let i = 0; i < batch; i++) this.#send();
    }, 20);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#socket.close();
  }

  #send(): void {
    const port = this.#ports[this.#sent % this.#ports.length] ?? 0;
    const datagram = hostileDatagram(Math.floor(this.#sent / this.#ports.length));
    this.#sent += 1;
    this.#socket.send(datagram, port, '127.0.0.1');
  }
}
