/** What the native tests share: waiting for conditions, the process's own counts, and pairs of webrtcbins. */
import { readFileSync, readdirSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { counters, init, make, pipeline } from 'node-gst';
import type { GstObject, Sdp, Value } from 'node-gst';

export const VERSION = init();

/** Polls where nothing emits; the last value read is part of the complaint. */
export async function until(what: string, condition: () => unknown, limitMs = 10_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  let value = condition();
  while (value !== true) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what} (${JSON.stringify(value)})`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    value = condition();
  }
}

/** A promise with a limit, so that a lost answer names itself. */
export async function within<T>(what: string, promise: Promise<T>, limitMs = 10_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not within ${limitMs} ms: ${what}`));
    }, limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

let floor: Record<string, number> = {};

/** Nothing is alive natively, but for what a failed test before left behind. */
export async function allGone(): Promise<void> {
  try {
    await until('all counters are 0', () => {
      const left = Object.entries(counters()).filter(([name, count]) => count > (floor[name] ?? 0));
      return left.length === 0 || left;
    });
  } finally {
    floor = counters();
  }
}

/** What a thrown value says; errors of the addon belong to another realm than those of the test. */
export function thrown(act: () => unknown): { name: string; message: string } {
  try {
    act();
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error('nothing was thrown');
}

export async function rejected(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  return promise.then(
    () => {
      throw new Error('it was not rejected');
    },
    (error: unknown) => error as Record<string, unknown> & Error,
  );
}

export const openFds = (): number => readdirSync('/proc/self/fd').length;
export const threads = (): number => readdirSync('/proc/self/task').length;
export const rssMb = (): number => Math.round(process.memoryUsage.rss() / 1e6);

export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Keeps the JS thread busy, deaf to its queue. */
export function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

export const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

export class Peer {
  readonly pipeline: GstObject;
  readonly bin: GstObject;
  readonly errors: string[] = [];

  constructor(name: string) {
    this.pipeline = pipeline(name);
    this.bin = make('webrtcbin', `${name}-bin`);
    this.pipeline.add(this.bin);
    this.bin.set('bundle-policy', 'max-bundle');
    const ice = this.bin.get('ice-agent') as GstObject;
    const nice = ice.get('agent') as GstObject;
    nice.set('upnp', false).set('ice-tcp', false);
    ice.emit('add-local-ip-address', '127.0.0.1');
    nice.dispose();
    ice.dispose();
    this.pipeline.onBus(({ type, source, text }) => {
      if (type === 'error' && !source.startsWith('sctp')) this.errors.push(`${source}: ${text}`);
    });
  }

  async op(name: string, argument: Value): Promise<Record<string, Value> | null> {
    return within(name, this.bin.emitPromise(name, argument));
  }

  /** The local description with all candidates in it. */
  async gathered(): Promise<Sdp> {
    await until('gathering is complete', () => this.bin.get('ice-gathering-state') === 'complete');
    return this.bin.get('local-description') as Sdp;
  }

  async offer(): Promise<Sdp> {
    const reply = await this.op('create-offer', null);
    await this.op('set-local-description', reply?.['offer'] ?? null);
    return this.gathered();
  }

  async answer(offer: Sdp): Promise<Sdp> {
    await this.op('set-remote-description', offer);
    const reply = await this.op('create-answer', null);
    await this.op('set-local-description', reply?.['answer'] ?? null);
    return this.gathered();
  }

  async stats(kind: string): Promise<Record<string, Value>[]> {
    const all = Object.values((await this.op('get-stats', null)) ?? {}) as Record<string, Value>[];
    return all.filter(({ type }) => type === kind);
  }

  /** Disposes the two wrappers made here; the rest is the test's. */
  async close(): Promise<void> {
    await this.pipeline.setState('NULL');
    this.bin.dispose();
    this.pipeline.dispose();
  }
}

export async function connect(caller: Peer, callee: Peer): Promise<void> {
  const answer = await callee.answer(await caller.offer());
  await caller.op('set-remote-description', answer);
  const connected = (peer: Peer) => peer.bin.get('connection-state');
  await until('both are connected', () => {
    const states = [connected(caller), connected(callee)];
    return states.every((state) => state === 'connected') || states;
  });
}

const PCMU = 'application/x-rtp,media=audio,encoding-name=PCMU,clock-rate=8000,payload=0';

/** A peer that sends a tone as RTP, 50 packets a second. */
export function sendAudio(peer: Peer): void {
  const source = make('audiotestsrc').set('is-live', true).set('samplesperbuffer', 160);
  const encode = make('mulawenc');
  const pay = make('rtppcmupay').set('max-ptime', 20_000_000);
  peer.pipeline.add(source, encode, pay);
  source.link(encode, 'audio/x-raw,rate=8000,channels=1').link(pay);
  pay.link(peer.bin, PCMU);
  for (const element of [source, encode, pay]) element.dispose();
}
