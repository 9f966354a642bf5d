import gst, { type GstObject } from 'node-gst';
import type { Probe, ProbedStream } from '../probe.ts';
import { Latch } from './latch.ts';

/**
 * Plays a file as fast as it goes, and counts. Rejects where it is no media file. It runs demuxers and decoders on what
 * may be damaged: call it in a process that may crash.
 *
 * @param options `decode`: every packet is decoded; else only cut out
 */
export async function probe(path: string, options: { readonly decode: boolean }): Promise<Probe> {
  const pipeline = gst.parseLaunch(`filesrc name=file ! ${options.decode ? 'decodebin' : 'parsebin'} name=cut`);
  const streams: Stream[] = [];
  const faults: string[] = [];
  const found = new Latch();
  const objects: GstObject[] = [pipeline];
  const named = (name: string): GstObject => {
    const object = pipeline.byName(name);
    if (object === null) throw new Error(`there is no ${name}`);
    objects.push(object);
    return object;
  };
  try {
    named('file').set('location', path);
    const onPad = (pad: unknown): void => {
      streams.push(new Stream(pipeline, pad as GstObject));
      found.open();
    };
    named('cut').on('pad-added', onPad, { block: true });
    const failure = await played(pipeline, faults, found);
    const summaries = streams.map((stream) => stream.summary);
    if (failure !== null && !summaries.some(({ buffers }) => buffers > 0)) throw new Error(failure);
    if (failure !== null) faults.push(failure);
    return { durationMs: Math.max(0, ...summaries.map(({ endMs }) => endMs)), streams: summaries, faults };
  } finally {
    await pipeline.setState('NULL');
    for (const stream of streams) stream.dispose();
    for (const object of objects) object.dispose();
  }
}

/**
 * Resolves at the end of the file, with the error where there was one.
 *
 * @param found opens with the first stream
 */
function played(pipeline: GstObject, faults: string[], found: Latch): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (failure: string | null): void => {
      found.open();
      resolve(failure);
    };
    void found.within(STREAMS_MS).then((isFound) => {
      if (!isFound) end(`no stream was found within ${STREAMS_MS / 1000} s`);
    });
    pipeline.onBus(
      ({ type, source, text }) => {
        if (type === 'eos') end(null);
        if (type === 'error') end(`${source}: ${text}`);
        if (type === 'warning' && faults.length < MAX_FAULTS) faults.push(`${source}: ${text}`);
      },
      ['eos', 'error', 'warning'],
    );
    // An error of the state change is on the bus, too, with more words.
    pipeline.setState('PLAYING').catch(() => undefined);
  });
}

/** What passes until the first stream is found. Of a file without any, GStreamer's bins swallow the error at times. */
const STREAMS_MS = 10_000;
const MAX_FAULTS = 20;

/** One stream of the file, down to a sink that tells of each buffer. */
class Stream {
  readonly #pad: GstObject;
  readonly #sink: GstObject;
  readonly #kind: ProbedStream['kind'];
  #buffers = 0;
  #endNs = 0;

  constructor(pipeline: GstObject, pad: GstObject) {
    this.#pad = pad;
    this.#kind = kindOf(pad.caps() ?? '');
    this.#sink = gst.make('fakesink').set('sync', false).set('async', false).set('silent', false);
    this.#sink.on('notify::last-message', (message) => this.#note(message));
    pipeline.add(this.#sink);
    this.#sink.syncStateWithParent();
    const into = this.#sink.staticPad('sink');
    if (into === null) throw new Error('a fakesink without a pad');
    pad.link(into);
    into.dispose();
    pad.unblock();
  }

  get summary(): ProbedStream {
    return { kind: this.#kind, buffers: this.#buffers, endMs: Math.round(this.#endNs / 1e6) };
  }

  dispose(): void {
    for (const object of [this.#sink, this.#pad]) object.dispose();
  }

  /** `chain   ******* (fakesink0:sink) (72 bytes, dts: none, pts: 0:00:01.960000000, duration: 0:00:00.020000000, …` */
  #note(message: unknown): void {
    if (typeof message !== 'string' || !message.startsWith('chain')) return;
    this.#buffers += 1;
    const [, pts = '', duration = ''] = /pts: ([\d:.]+|none), duration: ([\d:.]+|none)/.exec(message) ?? [];
    this.#endNs = Math.max(this.#endNs, nsOf(pts) + nsOf(duration));
  }
}

const kindOf = (caps: string): ProbedStream['kind'] =>
  caps.startsWith('audio/') ? 'audio' : caps.startsWith('video/') ? 'video' : 'other';

/** Of `1:02:03.000000004` */
function nsOf(time: string): number {
  const [, hours, minutes, seconds, ns] = /^(\d+):(\d+):(\d+)\.(\d{9})$/.exec(time) ?? [];
  if (ns === undefined) return 0;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e9 + Number(ns);
}
