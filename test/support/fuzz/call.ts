import { setTimeout as delay } from 'node:timers/promises';
import { init } from 'node-gst';
import { eventually } from '../eventually.ts';
import { MediaClient } from '../media-client.mjs';
import type { ServiceProcess } from '../service-process.ts';
import type { Aim } from './datagrams.ts';
import { enter, type Descriptions } from './enter.ts';
import type { Endpoint } from './spoofer.ts';
import { namesOf } from './stun-attacks.ts';
import { droppedAt } from './udp-sockets.ts';

init();

export interface Caller extends Descriptions {
  readonly client: MediaClient;
  /** Where it sends from, and to. */
  readonly own: Endpoint;
  readonly service: Endpoint;
  readonly aim: Aim;
}

/** Of what one said, at the other. */
export interface Heard {
  readonly sent: number;
  readonly lost: number;
  readonly twice: number;
  /** By the kernel, at the sockets between the two: where he is received, and where it is heard. */
  readonly dropped: number;
}

/** Until what was lost has come again. */
const AGAIN_MS = 500;

/** Two who talk and hear each other, in `room`; each packet is counted. */
export class Call {
  readonly ann: Caller;
  readonly bob: Caller;
  #since = 0;
  #dropped: readonly number[] = [];

  private constructor(ann: Caller, bob: Caller) {
    this.ann = ann;
    this.bob = bob;
  }

  /** @param clients that send sound alone, where nothing else is said */
  static async open(service: ServiceProcess, clients?: Readonly<Record<'ann' | 'bob', MediaClient>>): Promise<Call> {
    const { ann, bob } = clients ?? { ann: await MediaClient.open(), bob: await MediaClient.open() };
    const call = new Call(await caller(service, 'ann', ann), await caller(service, 'bob', bob));
    for (const client of call.#clients) client.talk();
    await Promise.all(call.#clients.map((client) => client.hears()));
    // Slots settle.
    await delay(500);
    call.begin();
    return call;
  }

  /** From now on it counts. */
  begin(): void {
    for (const client of this.#clients) client.forget();
    this.#since = performance.now();
    this.#dropped = this.#ways.map(droppedAt);
  }

  /**
   * Of ann at bob, and of bob at ann: all that they have said up to now. Whoever is flooded reads it late, so it is waited
   * for something that was said after it.
   */
  async heard(): Promise<readonly Heard[]> {
    const until = performance.now();
    await delay(AGAIN_MS);
    const later = performance.now();
    const [ann, bob] = this.#clients;
    await eventually('each hears what the other has said later', () =>
      bob!.heardOf(ann!, later).latencies.length > 0 && ann!.heardOf(bob!, later).latencies.length > 0 ? true : null,
    );
    for (const client of this.#clients) client.sent = client.sent.filter(({ atMs }) => atMs < until);
    return [bob!.heardOf(ann!, this.#since), ann!.heardOf(bob!, this.#since)].map(({ sent, lost, twice }, n) => ({
      sent,
      lost,
      twice,
      dropped: droppedAt(this.#ways[n]!) - this.#dropped[n]!,
    }));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
  }

  get #clients(): readonly MediaClient[] {
    return [this.ann.client, this.bob.client];
  }

  /** Ports that are passed on the way from each to the other, as `heard` has them. */
  get #ways(): readonly (readonly number[])[] {
    const { ann, bob } = this;
    return [
      [ann.service.port, bob.own.port],
      [bob.service.port, ann.own.port],
    ];
  }
}

async function caller(service: ServiceProcess, userid: string, client: MediaClient): Promise<Caller> {
  const { offer, answer } = await enter(service, userid, client);
  const ssrc = Number(/^a=ssrc:(\d+)/m.exec(offer)?.[1]);
  const aim = { ...namesOf(offer, answer), ssrc };
  return { client, offer, answer, own: endpointOf(offer), service: endpointOf(answer), aim };
}

/** Of the one host candidate that a description has. */
export function endpointOf(sdp: string): Endpoint {
  const [, address = '', port] = /^a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/im.exec(sdp) ?? [];
  return { address, port: Number(port) };
}
