/** Signals: native threads never wait for JavaScript, and a callback that is off is off. */
import { runInThisContext } from 'node:vm';
import { jest } from '@jest/globals';
import { make, parseLaunch } from 'node-gst';
import type { GstObject, SignalOptions, Value } from 'node-gst';
import { allGone, busy, thrown, until } from './support.ts';

jest.setTimeout(60_000);
afterEach(allGone);

const dispose = (...objects: GstObject[]) => {
  for (const object of objects) object.dispose();
};

/** A pipeline whose streaming thread emits `handoff` as fast as it can, or `count` times. */
function emitter(count = -1): { line: GstObject; sink: GstObject } {
  const line = parseLaunch(
    `fakesrc num-buffers=${count} sizetype=empty ! fakesink name=sink async=false sync=false signal-handoffs=true`,
  );
  return { line, sink: line.byName('sink')! };
}

test('every emission arrives, in order, with its arguments', async () => {
  const source = make('fakesrc');
  const seen: Value[] = [];
  source.on('notify::num-buffers', (value) => seen.push(value));
  for (let i = 0; i < 5000; ++i) source.set('num-buffers', i);
  expect(seen).toEqual([]); // never inside the emission
  await until('all came', () => seen.length === 5000 || seen.length);
  expect(seen).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  source.dispose();
});

test('notify::x brings the value of the emission, notify the name', async () => {
  const queue = make('queue');
  const seen: Value[][] = [];
  queue.on('notify::leaky', (...args) => seen.push(args));
  queue.on('notify', (...args) => seen.push(args));
  queue.set('leaky', 'upstream').set('leaky', 'no').set('silent', true);
  await until('all came', () => seen.length === 5 || seen);
  expect(seen).toEqual([['upstream'], ['leaky'], ['no'], ['leaky'], ['silent']]);
  queue.dispose();
});

test('off takes effect at once, also for what is queued', async () => {
  const queue = make('queue');
  const seen: string[] = [];
  const first = queue.on('notify::silent', () => seen.push('first'));
  const second = queue.on('notify::silent', () => {
    seen.push('second');
    queue.off(third);
  });
  const third = queue.on('notify::silent', () => seen.push('third'));
  queue.set('silent', true);
  queue.off(first);
  queue.off(first); // gone already
  await until('it came', () => seen.length > 0);
  queue.set('silent', false);
  await until('it came again', () => seen.length > 1);
  expect(seen).toEqual(['second', 'second']);
  queue.set('silent', true);
  queue.off();
  queue.on('notify::silent', () => seen.push('last'));
  queue.set('silent', false);
  await until('the last came', () => seen.length > 2);
  expect(seen).toEqual(['second', 'second', 'last']);
  queue.off(second);
  queue.dispose();
});

test('off and dispose touch the callbacks of their own wrapper only', async () => {
  const { line, sink } = emitter(1);
  const again = line.byName('sink')!;
  const seen: string[] = [];
  const id = sink.on('notify::silent', () => seen.push('one'));
  again.on('notify::silent', () => seen.push('two'));
  again.off(id);
  sink.set('silent', false);
  await until('both came', () => seen.length === 2 || seen);
  sink.dispose();
  again.set('silent', true);
  await until('one came', () => seen.length === 3 || seen);
  expect(seen).toEqual(['one', 'two', 'two']);
  dispose(line, again);
});

test('dispose inside a callback drops what is queued', async () => {
  const queue = make('queue');
  let calls = 0;
  queue.on('notify::silent', () => {
    ++calls;
    queue.dispose();
  });
  queue.set('silent', true).set('silent', false);
  await until('it came', () => calls > 0);
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toBe(1);
});

test('200 rounds of streaming threads against a busy JS thread', async () => {
  for (let round = 0; round < 200; ++round) {
    const { line, sink } = emitter();
    let handoffs = 0;
    sink.on('handoff', (_, pad) => {
      ++handoffs;
      (pad as GstObject).dispose();
      if (handoffs === 1) {
        busy(2);
        // Locks that the streaming thread takes, too.
        sink.get('last-message');
        sink.set('silent', true);
        sink.off();
      }
    });
    await line.setState('PLAYING');
    await until('a handoff came', () => handoffs > 0);
    expect(await line.setState('NULL')).toBe('NULL');
    expect(handoffs).toBe(1);
    dispose(sink, line);
  }
});

test('a signal with a return value returns its default', async () => {
  const line = parseLaunch('fakesrc num-buffers=1 ! rtpjitterbuffer name=jitter ! fakesink');
  const bin = make('webrtcbin');
  line.add(bin);
  const seen: Value[] = [];
  bin.on('request-aux-sender', (...args) => seen.push(args.length));
  bin.on('on-new-transceiver', (transceiver) => {
    seen.push((transceiver as GstObject).type);
    (transceiver as GstObject).dispose();
  });
  (bin.emit('add-transceiver', 'recvonly', null) as GstObject).dispose();
  await until('it came', () => seen.length === 1);
  expect(seen).toEqual(['WebRTCTransceiver']);
  dispose(bin, line);
});

test('what a callback throws is an uncaught exception', async () => {
  const line = make('queue');
  const errors: unknown[] = [];
  const catcher = (error: unknown) => errors.push(error);
  // Jest's own process object has its own listeners: go through the real one.
  const real = runInThisContext('process') as NodeJS.Process;
  const others = real.listeners('uncaughtException');
  real.removeAllListeners('uncaughtException').on('uncaughtException', catcher);
  try {
    line.on('notify::silent', () => {
      throw new Error('on purpose');
    });
    line.set('silent', true).set('silent', false);
    await until('both were reported', () => errors.length === 2 || errors.length);
  } finally {
    real.removeListener('uncaughtException', catcher);
    for (const other of others) real.on('uncaughtException', other);
  }
  expect(errors.map((error) => (error as Error).message)).toEqual(['on purpose', 'on purpose']);
  line.dispose();
});

test('on refuses what cannot be', () => {
  const queue = make('queue');
  const on = (...args: unknown[]) => {
    const { name, message } = thrown(() => queue.on(...(args as [string, null, SignalOptions])));
    expect(name).toBe('TypeError');
    return message;
  };
  const callback = () => undefined;
  expect(on('nope', callback)).toBe('on: GstQueue has no signal "nope"');
  expect(on('notify::nope', callback)).toBe('on: GstQueue has no property "nope"');
  expect(on('underrun', 5)).toBe('on: "callback" must be a function or null, got 5');
  expect(on('underrun')).toMatch(/got undefined/);
  expect(on('underrun', callback, 'block')).toBe('on: "options" must be an object, got "block"');
  expect(on('underrun', callback, { block: true })).toMatch(/are for "pad-added" only/);
  expect(on('pad-added', callback, { block: 1 })).toBe('on: option "block" must be a boolean, got 1');
  expect(on('pad-added', null, { block: true, drain: true })).toMatch(/either blocked or drained/);
  expect(on('pad-added', null, { tap: 'x' })).toMatch(/option "tap" must be an array of signal names, got "x"/);
  expect(on('pad-added', null, { tap: [1] })).toMatch(/tap\[0\] must be a string, got 1/);
  expect(on('pad-added', null, { tap: ['linked'] })).toMatch(/"tap" needs a function "onTap", got undefined/);
  expect(thrown(() => queue.off('x' as never)).message).toMatch(
    /must be an id that on\(\) or onBus\(\) returned, got "x"/,
  );
  queue.dispose();
});

test('a tap on a new pad, ended by off', async () => {
  const tee = make('tee');
  const seen: Value[][] = [];
  let tapped: GstObject | undefined;
  const id = tee.on('pad-added', null, {
    tap: ['linked', 'unlinked', 'no-such-signal'],
    onTap: (signal, object, peer) => {
      tapped = object;
      seen.push([signal, object.name]);
      (peer as GstObject).dispose();
    },
  });
  const [pad, sink] = [tee.requestPad('src_%u')!, make('fakesink')];
  const end = sink.staticPad('sink')!;
  pad.link(end);
  pad.unlink(end);
  await until('both came', () => seen.length === 2 || seen);
  expect(seen).toEqual([
    ['linked', 'src_0'],
    ['unlinked', 'src_0'],
  ]);
  tee.off(id);
  pad.link(end);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toHaveLength(2);
  tee.releasePad(pad);
  dispose(tee, pad, sink, end, tapped!);
});
