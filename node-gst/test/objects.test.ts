/** Wrappers: their life, what they refuse, and what is left when nobody disposes them. */
import { jest } from '@jest/globals';
import * as gst from 'node-gst';
import { counters, hasElement, make, parseBin, parseLaunch, pipeline } from 'node-gst';
import type { GstObject } from 'node-gst';
import { allGone, collectGarbage, thrown, until, VERSION } from './support.ts';

jest.setTimeout(30_000);
afterEach(allGone);

const dispose = (...objects: (GstObject | null)[]) => {
  for (const object of objects) object?.dispose();
};

test('init names the version, again and again', () => {
  expect(VERSION).toMatch(/^GStreamer \d+\.\d+\.\d+/);
  expect(gst.init()).toBe(VERSION);
});

test('hasElement, and an element that is not there', () => {
  expect(hasElement('webrtcbin')).toBe(true);
  expect(hasElement('no-such-element')).toBe(false);
  const { name, message } = thrown(() => make('no-such-element'));
  expect(name).toBe('GstError');
  expect(message).toMatch(/no element "no-such-element"/);
  expect(thrown(() => make(5 as never)).message).toBe('make: "factory" must be a string, got 5');
});

test('GstError is an Error with domain and code', () => {
  try {
    parseLaunch('fakesrc ! nonsense-sink');
    throw new Error('it parsed');
  } catch (error) {
    expect(error).toBeInstanceOf(gst.GstError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'GstError', domain: 'gst_parse_error', code: 1 });
    expect((error as Error).message).toMatch(/^parseLaunch: no element "nonsense-sink"/);
  }
  expect(thrown(() => parseBin('!')).name).toBe('GstError');
});

test('parseLaunch makes a pipeline of everything', () => {
  for (const description of ['fakesrc', 'fakesrc ! fakesink', '( fakesrc ! fakesink )']) {
    const made = parseLaunch(description);
    expect(made.type).toBe('GstPipeline');
    dispose(made);
  }
});

test('all pipelines share the system clock and base time 0: one running time', async () => {
  const tail = 'fakesink name=sink sync=false async=false silent=false';
  const launched = parseLaunch(`fakesrc is-live=true do-timestamp=true ! ${tail}`);
  const built = pipeline('built');
  const bin = parseBin(`fakesrc is-live=true do-timestamp=true ! ${tail}`);
  built.add(bin);
  for (const pipe of [launched, built]) {
    const sink = pipe.byName('sink')!;
    expect(await pipe.setState('PLAYING')).toBe('PLAYING');
    const pts = () =>
      /pts: (\d+):(\d+):(\d+\.\d+)/
        .exec(sink.get('last-message') as string)
        ?.slice(1)
        .map(Number);
    await until('a buffer came', () => pts() !== undefined);
    const [hours, minutes, seconds] = pts()!;
    const monotonic = Number(process.hrtime.bigint()) / 1e9;
    expect(Math.abs(hours! * 3600 + minutes! * 60 + seconds! - monotonic)).toBeLessThan(1);
    await pipe.setState('NULL');
    dispose(sink, pipe);
  }
  dispose(bin);
});

test('two wrappers of one object share its id, others do not', () => {
  const bin = parseBin('identity name=one ! identity name=two');
  const [first, again, second] = [bin.byName('one')!, bin.byName('one')!, bin.byName('two')!];
  expect(first).not.toBe(again);
  expect(first.id).toBe(again.id);
  expect(first.id).not.toBe(second.id);
  const id = first.id;
  dispose(first, again);
  const later = bin.byName('one')!;
  expect(later.id).toBe(id);
  expect([later.name, later.type]).toEqual(['one', 'GstIdentity']);
  expect(bin.byName('three')).toBeNull();
  dispose(later, second, bin);
});

test('dispose is idempotent; every use after it throws', () => {
  const sink = make('fakesink');
  const keys = Object.getOwnPropertyNames(Object.getPrototypeOf(sink)).filter(
    (key) => !['constructor', 'dispose'].includes(key),
  );
  expect(keys.length).toBeGreaterThan(20);
  sink.dispose();
  sink.dispose();
  for (const key of keys) {
    const use = () => {
      const member: unknown = Reflect.get(sink, key);
      if (typeof member === 'function') Reflect.apply(member, sink, []);
    };
    expect(use).toThrow(`${key}: this object was disposed`);
  }
  const pipe = pipeline();
  expect(thrown(() => pipe.add(sink)).message).toBe('add: "elements": this object was disposed');
  dispose(pipe);
});

test('one wrapper of two may go', () => {
  const bin = parseBin('identity name=one');
  const [first, again] = [bin.byName('one')!, bin.byName('one')!];
  first.dispose();
  expect(again.name).toBe('one');
  dispose(again, bin);
});

test('bins and links complain in words', () => {
  const pipe = pipeline('pipe');
  const [source, sink, other] = [make('fakesrc', 'source'), make('fakesink', 'sink'), make('fakesink', 'sink')];
  expect(pipe.add(source, sink)).toBe(pipe);
  expect(thrown(() => pipe.add(sink)).message).toMatch(/is in a bin already/);
  expect(thrown(() => pipe.add(other)).message).toMatch(/the name may be taken/);
  expect(thrown(() => pipe.remove(other)).message).toMatch(/not in this bin/);
  expect(thrown(() => source.add(sink)).message).toBe('add: needs a GstBin, this is a GstFakeSrc');
  expect(source.link(sink)).toBe(sink);
  expect(source.unlink(sink)).toBe(source);
  expect(source.linkPads('src', sink, 'sink')).toBe(source);
  expect(thrown(() => source.linkPads('src', sink, 'sink'))).toMatchObject({
    name: 'GstError',
    message: /cannot link/ as never,
  });
  expect(thrown(() => sink.link(source)).message).toMatch(/cannot link .*sink to .*source/);
  expect(thrown(() => source.link(sink, 'x-')).message).toMatch(/caps in GStreamer's syntax|cannot link/);
  expect(pipe.remove(source, sink)).toBe(pipe);
  dispose(pipe, source, sink, other);
});

test('a bin as a graph: elements, states and links, and no property of an element', () => {
  const line = parseLaunch(
    'filesrc location=/a/secret/path ! application/x-secret,key=(string)hidden ! fakesink name=end',
  );
  const graph = line.toDot();
  expect(graph).toMatch(/^digraph pipeline \{/);
  for (const word of ['GstFileSrc', 'GstFakeSink', 'end', '->']) expect(graph).toContain(word);
  expect(graph).not.toMatch(/secret\/path|hidden/);
  const element = make('fakesink');
  expect(thrown(() => element.toDot()).name).toBe('TypeError');
  dispose(line, element);
});

test('pads: static, requested, released, with caps', async () => {
  const line = parseLaunch('audiotestsrc num-buffers=1 ! audio/x-raw,rate=8000 ! tee name=tee allow-not-linked=true');
  const tee = line.byName('tee')!;
  const sink = tee.staticPad('sink')!;
  expect(sink.caps()).toBeNull();
  expect(tee.staticPad('nope')).toBeNull();
  expect(thrown(() => tee.requestPad('nope_%u')).message).toBe(
    'requestPad: GstTee has no request pads "nope_%u"; it has: src_%u',
  );
  const requested = tee.requestPad('src_%u', 'src_7')!;
  expect(requested.name).toBe('src_7');
  const pads = tee.pads();
  expect(pads.map(({ name }) => name).sort()).toEqual(['sink', 'src_7']);
  expect(thrown(() => tee.releasePad(sink)).message).toMatch(/was not requested/);
  expect(requested.unblock()).toBe(false);
  await line.setState('PAUSED');
  await until('caps came', () => sink.caps()?.includes('rate=(int)8000'));
  await line.setState('NULL');
  expect(tee.releasePad(requested)).toBe(tee);
  expect(thrown(() => tee.releasePad(requested)).message).toMatch(/not a pad of this element/);
  dispose(line, tee, sink, requested, ...pads);
});

test('pads link to pads', () => {
  const [source, sink] = [make('fakesrc'), make('fakesink')];
  const [out, end] = [source.staticPad('src')!, sink.staticPad('sink')!];
  expect(out.link(end)).toBe(end);
  expect(thrown(() => out.link(end)).message).toMatch(/cannot link/);
  expect(out.unlink(end)).toBe(out);
  expect(thrown(() => out.link(sink)).message).toMatch(/"destination": must be a GstPad, got a GstFakeSink/);
  dispose(source, sink, out, end);
});

test('action signals check their arguments', () => {
  const source = make('appsrc');
  expect(thrown(() => source.emit('nope')).message).toBe('emit: GstAppSrc has no signal "nope"');
  expect(thrown(() => source.emit('need-data', 1)).message).toMatch(/is no action signal/);
  expect(thrown(() => source.emit('push-buffer')).message).toBe('emit: "push-buffer" takes 1 arguments, got 0');
  expect(thrown(() => source.emitPromise('end-of-stream') as unknown).message).toMatch(/has no promise: use emit/);
  const bin = make('webrtcbin');
  expect(thrown(() => bin.emit('create-answer', null)).message).toMatch(/answered by a promise: use emitPromise/);
  dispose(source, bin);
});

test('freed() waits for what was disposed of, and for nothing where nothing was', async () => {
  await gst.freed();
  for (const pipe of [pipeline(), pipeline(), pipeline()]) pipe.dispose();
  expect(counters().pipelines).toBeGreaterThanOrEqual(2); // one may be freed already, on another thread
  const inTheMidst = gst.freed();
  parseLaunch('fakesrc ! fakesink').dispose();
  await gst.freed();
  expect(counters().pipelines).toBe(0);
  await inTheMidst;
  await gst.freed();
});

describe('what nobody disposed', () => {
  /** Makes garbage in a frame of its own. */
  async function leave(): Promise<void> {
    const pipe = parseLaunch('fakesrc is-live=true ! fakesink sync=false');
    expect(await pipe.setState('PLAYING')).toBe('PLAYING');
    expect(counters().pipelines).toBeGreaterThan(0);
    pipe.get('name');
  }

  test('is stopped and freed by the garbage collector, off the JS thread', async () => {
    for (let i = 0; i < 5; ++i) await leave();
    await until('all were collected', () => {
      collectGarbage();
      return counters().pipelines === 0 || counters();
    });
  });

  test('but not while it has callbacks', async () => {
    let ids: number[] = [];
    const watch = () => {
      const sink = make('fakesink');
      ids = [sink.on('notify::sync', () => undefined), sink.on('notify::async', () => undefined)];
      return new WeakRef(sink);
    };
    const weak = watch();
    for (let i = 0; i < 5; ++i) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
    expect(counters()).toMatchObject({ objects: 1, callbacks: 2 });
    for (const id of ids) weak.deref()!.off(id);
    await until('it was collected', () => {
      collectGarbage();
      return counters().objects === 0;
    });
  });

  test('disposing a running pipeline stops it without blocking', async () => {
    // Its streaming thread sleeps, and whoever stops it waits for that.
    const pipe = parseLaunch(
      'fakesrc ! identity name=tap sleep-time=500000 signal-handoffs=true ! fakesink async=false',
    );
    const tap = pipe.byName('tap')!;
    await pipe.setState('PLAYING');
    await new Promise<void>((resolve) => tap.on('handoff', () => resolve()));
    tap.dispose();
    const before = performance.now();
    pipe.dispose();
    expect(performance.now() - before).toBeLessThan(100);
    expect(counters()).toMatchObject({ objects: 0, pipelines: 1 });
    await allGone();
  });
});
