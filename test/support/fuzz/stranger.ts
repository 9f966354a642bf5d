import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { hostileDatagram, type Aim } from './datagrams.ts';
import { NOBODY } from './stun-attacks.ts';
import { readStun } from './stun.ts';

/** Somebody without keys: datagrams from an address of his own to these ports, each to any of them. */
export class Stranger {
  /** What he knows of those whom he aims at. */
  aim: Aim = { ...NOBODY, ssrc: 0x1234 };
  readonly #socket = createSocket('udp4');
  readonly #ports: readonly number[];
  readonly #make: (n: number, aim: Aim) => Buffer;
  #timer: NodeJS.Timeout | null = null;
  #sent = 0;
  #answers = 0;
  #media = 0;

  constructor(ports: readonly number[], make: (n: number, aim: Aim) => Buffer = hostileDatagram) {
    this.#ports = ports;
    this.#make = make;
    // A port that nobody listens on is reported here.
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (datagram) => {
      if (datagram.length > 0 && datagram.readUInt8(0) >> 6 === 2) this.#media += 1;
      if (readStun(datagram) !== null) this.#answers += 1;
    });
  }

  /** How many he has sent. */
  get sent(): number {
    return this.#sent;
  }

  /** What was said to him in STUN: whoever refuses a check has read it. */
  get answers(): number {
    return this.#answers;
  }

  /** RTP and RTCP that came to him. */
  get media(): number {
    return this.#media;
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
    // Not in turn: then each port would always get the same kinds.
    const port = this.#ports[randomInt(this.#ports.length)] ?? 0;
    this.#socket.send(this.#make(this.#sent, this.aim), port, '127.0.0.1', () => undefined);
    this.#sent += 1;
  }
}
