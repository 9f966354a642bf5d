import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildRtp } from '../../../node-gst/test/support/rtp.ts';
import { childEnvironment, givingWay } from '../../../src/recording/child-environment.ts';
import { lineOf, messageOf, type FromRecorder, type ToRecorder } from '../../../src/recording/protocol.ts';
import type { RecordedTrack } from '../../../src/recording/types.ts';
import type { ClipPacket } from './clip.ts';

const MAIN = fileURLToPath(new URL('../../../dist/recording/child/main.js', import.meta.url));
const NTP_UNIX_SECONDS = 2_208_988_800;

export type Told<T extends FromRecorder['type']> = Extract<FromRecorder, { type: T }>;

/** A recorder's process, with the test in the place of the service and its tap. */
export class RecorderProcess {
  readonly child: ChildProcess;
  readonly told: FromRecorder[] = [];
  readonly exit: Promise<number | string>;
  stderr = '';
  readonly #packets: Writable;
  readonly #waiting = new Set<() => void>();
  #rest = '';

  /** @param scratch a private directory, which may be shared */
  constructor(scratch: string) {
    if (!existsSync(MAIN)) throw new Error('dist/ is not there: run npm run setup');
    mkdirSync(scratch, { recursive: true });
    const stdio = ['pipe', 'pipe', 'pipe', 'pipe'] as const;
    this.child = spawn(...givingWay(MAIN), { stdio: [...stdio], env: childEnvironment(scratch), cwd: '/' });
    this.#packets = this.child.stdio[3] as Writable;
    for (const stream of [this.#packets, this.child.stdin!]) stream.on('error', () => undefined);
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exit = once(this.child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
    void this.exit.then(() => this.#wake());
  }

  send(message: ToRecorder): void {
    this.child.stdin!.write(lineOf(message));
  }

  of<T extends FromRecorder['type']>(type: T): Told<T>[] {
    return this.told.filter((message): message is Told<T> => message.type === type);
  }

  /** The n-th message of a type. */
  async message<T extends FromRecorder['type']>(type: T, count = 1, seconds = 20): Promise<Told<T>> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const found = this.of(type)[count - 1];
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0 || this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`no ${type} came: ${JSON.stringify(this.told)} ${this.stderr}`);
      }
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.add(resolve)),
        delay(left, undefined, { ref: false }),
      ]);
    }
  }

  /** One packet, captured at `unixMs`. */
  packet(unixMs: number, track: RecordedTrack, { rtp }: ClipPacket, sequence = rtp.sequence): void {
    const { ssrc, csrc, payloadType } = track;
    const extensions = [{ id: 1, data: ntpOf(unixMs) }];
    const packet = buildRtp({ ...rtp, ssrc, csrcs: [csrc], payloadType, sequence, form: 'one-byte', extensions });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length);
    this.#packets.write(Buffer.concat([length, packet]));
  }

  /** Resolves when the recorder has taken what was sent. */
  async drained(): Promise<void> {
    if (this.#packets.writableNeedDrain) await once(this.#packets, 'drain');
  }

  /** Ends the tap. */
  endPackets(): void {
    this.#packets.end();
  }

  /** Stops it and waits for its end. */
  async stop(): Promise<number | string> {
    this.send({ type: 'stop' });
    return this.exit;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = messageOf(line);
      if (message === null) throw new Error(`this is no message: ${line}`);
      this.told.push(message);
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** RFC 5905 §6. */
function ntpOf(unixMs: number): Uint8Array {
  const data = new Uint8Array(8);
  const view = new DataView(data.buffer);
  const seconds = Math.floor(unixMs / 1000);
  view.setUint32(0, seconds + NTP_UNIX_SECONDS);
  view.setUint32(4, Math.floor(((unixMs - seconds * 1000) / 1000) * 2 ** 32));
  return data;
}

export interface Playing {
  readonly track: RecordedTrack;
  readonly clip: readonly ClipPacket[];
  /** When it begins, ms from the start. */
  readonly fromMs?: number;
}

/** Sends clips as they would be captured, beginning now; returns when that was, and resolves when all is sent. */
export function playClips(
  recorder: RecorderProcess,
  playing: readonly Playing[],
): { startMs: number; done: Promise<void> } {
  const startMs = Date.now();
  const packets = playing
    .flatMap(({ track, clip, fromMs = 0 }) =>
      clip.map((packet) => ({
        track,
        packet,
        atMs: packet.atMs + fromMs,
        sentMs: (packet.sentMs ?? packet.atMs) + fromMs,
      })),
    )
    .sort((a, b) => a.sentMs - b.sentMs);
  const send = async (): Promise<void> => {
    for (const { track, packet, atMs, sentMs } of packets) {
      const wait = startMs + sentMs - Date.now();
      // What is left when a test ends must not hold it up.
      if (wait > 2) await delay(wait, undefined, { ref: false });
      recorder.packet(startMs + atMs, track, packet);
    }
  };
  return { startMs, done: send() };
}

export const startMessage = (
  directory: string,
  pipeline: { readonly name: string; readonly text: string },
  over: Partial<Extract<ToRecorder, { type: 'start' }>> = {},
): ToRecorder => ({
  type: 'start',
  recording: 'r1',
  conversation: 'room',
  startedMs: Date.now(),
  directory,
  pipeline,
  settings: {},
  limits: { seconds: 600, bytes: 1e9 },
  firstSegment: 1,
  ...over,
});

export const recordingIn = (scratch: string): string => {
  const directory = join(scratch, 'recording');
  mkdirSync(directory);
  return directory;
};
