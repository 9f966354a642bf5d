/** State changes in order, their failures, and the bus. */
import { jest } from '@jest/globals';
import { counters, make, parseLaunch, pipeline } from 'node-gst';
import type { BusMessage, ElementState, GstObject } from 'node-gst';
import { allGone, rejected, thrown, until, within } from './support.ts';

jest.setTimeout(30_000);
afterEach(allGone);

const dispose = (...objects: GstObject[]) => {
  for (const object of objects) object.dispose();
};

test('states are reached and named', async () => {
  const line = parseLaunch('fakesrc ! fakesink');
  for (const state of ['READY', 'PAUSED', 'PLAYING', 'PAUSED', 'READY', 'NULL'] as const) {
    expect(await line.setState(state)).toBe(state);
  }
  line.dispose();
});

test('changes of one object run strictly in order', async () => {
  const line = parseLaunch('fakesrc is-live=true ! fakesink async=false');
  const changes: string[] = [];
  line.onBus(({ type, source, text }) => {
    const change = /old-state=\(GstState\)(\w+), new-state=\(GstState\)(\w+)/.exec(text);
    if (type === 'state-changed' && source === line.name) changes.push(change!.slice(1).join('>'));
  });
  const wanted: ElementState[] = ['PLAYING', 'READY', 'PLAYING', 'NULL', 'PAUSED', 'PLAYING', 'READY', 'NULL'];
  const done: ElementState[] = [];
  await within(
    'all are done',
    Promise.all(wanted.map((state) => line.setState(state).then((reached) => done.push(reached as ElementState)))),
  );
  expect(done).toEqual(wanted);
  expect(changes.join(' ')).toBe(
    [
      'null>ready ready>paused paused>playing',
      'playing>paused paused>ready',
      'ready>paused paused>playing',
      'playing>paused paused>ready',
      'null>ready ready>paused',
      'paused>playing',
      'playing>paused paused>ready', // the bus is flushed on the way to NULL
    ].join(' '),
  );
  line.dispose();
});

test('a state that is not reached is not waited for once another is wanted', async () => {
  const line = parseLaunch('appsrc ! fakesink');
  const playing = line.setState('PLAYING');
  const stopped = line.setState('NULL');
  const before = performance.now();
  expect(await playing).toBe('READY');
  expect(await stopped).toBe('NULL');
  expect(performance.now() - before).toBeLessThan(2000);
  line.dispose();
});

test('two objects do not wait for each other, nor does JavaScript', async () => {
  const slow = parseLaunch('fakesrc ! identity sleep-time=400000 ! fakesink');
  const quick = parseLaunch('fakesrc ! fakesink');
  await quick.setState('PLAYING');
  const order: string[] = [];
  const changes = [
    slow.setState('PLAYING').then(() => order.push('slow')),
    quick.setState('NULL').then(() => order.push('quick')),
    new Promise((resolve) => setTimeout(resolve, 10)).then(() => order.push('timer')),
  ];
  await Promise.all(changes);
  expect(order.at(-1)).toBe('slow');
  await slow.setState('NULL');
  dispose(slow, quick);
});

test('a failure says why', async () => {
  const line = parseLaunch('filesrc location=/no/such/file ! fakesink');
  const error = await rejected(line.setState('PAUSED'));
  expect(error).toMatchObject({ name: 'GstError', domain: 'gst-resource-error-quark', code: 3 });
  expect(error.message).toMatch(/did not go to PAUSED: Could not open file|did not go to PAUSED: Resource not found/);
  expect(await line.setState('NULL')).toBe('NULL');
  line.dispose();
});

test('a failure without a bus is an error of its own', async () => {
  const sink = make('fakesink', 'broken').set('state-error', 'null-to-ready');
  const error = await rejected(sink.setState('READY'));
  expect(error).toMatchObject({ name: 'GstError', domain: 'gst-core-error-quark' });
  expect(error.message).toBe('broken did not go to READY');
  sink.dispose();
});

test('what setState refuses', () => {
  const sink = make('fakesink');
  expect(thrown(() => sink.setState('playing' as never)).message).toBe(
    'setState: "state" must be NULL, READY, PAUSED or PLAYING, got "playing"',
  );
  const pad = sink.staticPad('sink')!;
  expect(thrown(() => pad.setState('NULL')).message).toBe('setState: needs a GstElement, this is a GstPad');
  dispose(sink, pad);
});

test('a child follows its parent', async () => {
  const pipe = pipeline();
  await pipe.setState('READY');
  const sink = make('fakesink');
  pipe.add(sink);
  expect(sink.syncStateWithParent()).toBe(true);
  expect(await sink.setState('READY')).toBe('READY');
  await pipe.setState('NULL');
  dispose(pipe, sink);
});

describe('the bus', () => {
  test('messages are copied; errors and warnings with text and debug text', async () => {
    const line = parseLaunch('fakesrc num-buffers=3 ! identity error-after=2 name=breaks ! fakesink');
    const messages: BusMessage[] = [];
    line.onBus((message) => messages.push(message));
    await line.setState('PLAYING').catch(() => undefined);
    await until('the error came', () => messages.some(({ type }) => type === 'error'));
    const error = messages.find(({ type }) => type === 'error')!;
    expect(error.source).toBe('breaks');
    expect(error.text).toMatch(/.+; .*gstidentity\.c/);
    expect(messages.map(({ type }) => type)).toContain('stream-status');
    await line.setState('NULL');
    line.dispose();
  });

  test('end of stream', async () => {
    const line = parseLaunch('fakesrc num-buffers=3 ! fakesink');
    const ended = new Promise<BusMessage>((resolve) => {
      line.onBus((message) => {
        if (message.type === 'eos') resolve(message);
      });
    });
    await line.setState('PLAYING');
    expect(await within('the end', ended)).toEqual({ type: 'eos', source: line.name, text: expect.any(String) });
    await line.setState('NULL');
    line.dispose();
  });

  test('types: a listener gets those it wants, in order, and no other is copied for it', async () => {
    const line = parseLaunch('fakesrc num-buffers=3 ! fakesink');
    const [ends, changes, all, none]: [string[], string[], string[], string[]] = [[], [], [], []];
    line.onBus(({ type }) => ends.push(type), ['eos', 'error']);
    line.onBus(({ type }) => changes.push(type), ['state-changed', 'stream-start', 'async-done']);
    line.onBus(({ type }) => none.push(type), []);
    line.onBus(({ type }) => all.push(type));
    await line.setState('PLAYING');
    await until('the end', () => all.includes('eos') || all);
    expect(ends).toEqual(['eos']);
    expect(none).toEqual([]);
    expect(changes).toEqual(all.filter((type) => ['state-changed', 'stream-start', 'async-done'].includes(type)));
    expect(new Set(changes)).toEqual(new Set(['state-changed', 'stream-start', 'async-done']));
    await line.setState('NULL');
    line.dispose();
  });

  test('types that are none are refused', () => {
    const pipe = pipeline();
    const refusal = (types: unknown) => thrown(() => pipe.onBus(() => undefined, types as string[]));
    for (const types of [['eos', 'end'], ['error+eos'], [''], [5], [null]]) {
      expect(refusal(types)).toMatchObject({
        name: 'TypeError',
        message: expect.stringMatching(/^onBus: "types" must name types of messages, got /),
      });
    }
    expect(refusal('error').message).toBe('onBus: "types" must be an array of types of messages, got "error"');
    expect(counters().callbacks).toBe(0);
    pipe.dispose();
  });

  test('offBus takes effect at once; several listeners get the same', async () => {
    const line = parseLaunch('fakesrc ! fakesink');
    const seen: string[] = [];
    const first = line.onBus(() => seen.push('first'));
    line.onBus(() => seen.push('second'));
    const done = line.setState('READY');
    line.offBus(first);
    await done;
    await until('messages came', () => seen.length > 0);
    expect(new Set(seen)).toEqual(new Set(['second']));
    expect(counters().callbacks).toBe(1);
    line.off();
    expect(counters().callbacks).toBe(0);
    await line.setState('NULL');
    line.dispose();
  });

  test('a latency message makes the bin tell its elements anew', async () => {
    // One buffer only: what the source says last is then about events.
    const line = parseLaunch('fakesrc name=source num-buffers=1 is-live=true silent=false ! fakesink name=sink');
    const [source, sink] = [line.byName('source')!, line.byName('sink')!];
    const ended = new Promise<void>((resolve) => {
      line.onBus(({ type }) => {
        if (type === 'eos') resolve();
      });
    });
    let told = 0;
    source.on('notify::last-message', (text) => {
      if (/type: latency/.test(text as string)) ++told;
    });
    await line.setState('PLAYING');
    await within('the end', ended);
    for (let deadline = 40_000_000; deadline < 80_000_000; deadline += 10_000_000) {
      const before = told;
      sink.set('processing-deadline', deadline); // posts the message
      await until('it was told', () => told > before || told);
    }
    await line.setState('NULL');
    dispose(source, sink, line);
  });

  test('only pipelines made here have one', () => {
    const sink = make('fakesink');
    expect(thrown(() => sink.onBus(() => undefined)).message).toBe('onBus: needs a GstPipeline, this is a GstFakeSink');
    const pipe = pipeline();
    expect(thrown(() => pipe.onBus(null as never)).message).toBe('onBus: "callback" must be a function, got null');
    dispose(sink, pipe);
  });
});
