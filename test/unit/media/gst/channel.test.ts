import { setTimeout as delay } from 'node:timers/promises';
import type { GstObject } from 'node-gst';
import { GstChannel } from '../../../../src/media/gst/channel.ts';
import { eventually } from '../../../support/eventually.ts';

/** As much of a data channel's wrapper as is used; once disposed of it throws, as a real one does. */
class StubObject {
  state = 'connecting';
  buffered = 0;
  tapped = 0;
  readonly emitted: unknown[][] = [];
  #disposed = false;

  get(property: string): unknown {
    this.#check();
    return property === 'ready-state' ? this.state : this.buffered;
  }

  emit(...args: unknown[]): void {
    this.#check();
    this.emitted.push(args);
  }

  tapDropped(): number {
    this.#check();
    return this.tapped;
  }

  dispose(): void {
    this.#disposed = true;
  }

  #check(): void {
    if (this.#disposed) throw new Error('this object was disposed');
  }
}

describe('GstChannel', () => {
  let stub: StubObject;
  let object: GstObject;
  let told: unknown[][];
  let channel: GstChannel;
  beforeEach(() => {
    stub = new StubObject();
    object = stub as unknown as GstObject;
    told = [];
    channel = new GstChannel(object, (opened) => {
      told.push(['open']);
      opened.events.on('message', (text) => told.push(['message', text]));
      opened.events.on('closed', () => told.push(['closed']));
    });
  });
  const message = (text: string | null) => channel.onSignal('on-message-string', object, text);
  const state = (value: string) => channel.onSignal('notify::ready-state', object, value);

  it('opens once, by a signal or because it is open already', () => {
    channel.start();
    expect([told, channel.isOpen, channel.send('too early')]).toEqual([[], false, false]);
    state('open');
    stub.state = 'open';
    channel.start();
    state('open');
    expect([told, channel.isOpen]).toEqual([[['open']], true]);
  });

  it('is open at its start where the object is', () => {
    stub.state = 'open';
    channel.start();
    expect(told).toEqual([['open']]);
  });

  it('keeps what comes while it opens, as many messages as may wait', () => {
    for (let i = 0; i < 20; i += 1) message(`early ${i}`);
    state('open');
    message('later');
    const early = Array.from({ length: 16 }, (_, i) => ['message', `early ${i}`]);
    expect(told).toEqual([['open'], ...early, ['message', 'later']]);
  });

  it('reads the empty text, which webrtcbin has as null', () => {
    state('open');
    message(null);
    expect(told).toEqual([['open'], ['message', '']]);
  });

  it('ignores what another channel says', () => {
    const other = new StubObject() as unknown as GstObject;
    for (const signal of ['notify::ready-state', 'on-message-string', 'on-close'])
      channel.onSignal(signal, other, 'open');
    expect(told).toEqual([]);
  });

  it.each([
    ['notify::ready-state', 'closing'],
    ['notify::ready-state', 'closed'],
    ['on-close', null],
    ['on-error', { message: 'no', domain: 'gst', code: 1 }],
  ])('ends with %s %j, once and for all', (signal, value) => {
    state('open');
    channel.onSignal(signal, object, value);
    channel.onSignal('on-close', object, null);
    message('more');
    state('open');
    expect([told, channel.isOpen, channel.send('more')]).toEqual([[['open'], ['closed']], false, false]);
  });

  it('that ends before it opened never opens', () => {
    message('early');
    state('closing');
    state('open');
    expect(told).toEqual([]);
  });

  it('refuses to send while too much is waiting', () => {
    state('open');
    stub.buffered = 256 * 1024;
    expect(channel.send('one')).toBe(true);
    stub.buffered += 1;
    expect(channel.send('two')).toBe(false);
    expect(stub.emitted).toEqual([['send-string', 'one']]);
  });

  it('closes behind its messages, and has closed when the client has', async () => {
    state('open');
    stub.buffered = 34;
    let isDone = false;
    const done = channel.close(10_000).then(() => (isDone = true));
    await delay(60);
    expect(stub.emitted).toEqual([]);
    stub.buffered = 0;
    await eventually('the object is closed', () => (stub.emitted.length > 0 ? true : null));
    expect([stub.emitted, channel.isOpen, channel.send('more')]).toEqual([[['close']], false, false]);
    state('closing');
    await delay(1);
    expect([isDone, told]).toEqual([false, [['open']]]);
    state('closed');
    await done;
    expect(told).toEqual([['open'], ['closed']]);
  });

  it('waits no longer than it is told, for a client that does not answer', async () => {
    state('open');
    await channel.close(1);
    expect(stub.emitted).toEqual([['close']]);
  });

  it('has nothing to close that is not open, nor what ends meanwhile', async () => {
    await channel.close(10_000);
    state('open');
    const done = channel.close(10_000);
    state('closed');
    await done;
    expect(stub.emitted).toEqual([]);
  });

  it('reaches the object no more once it is released, and knows what was dropped', () => {
    state('open');
    stub.tapped = 3;
    expect(channel.dropped).toBe(3);
    stub.tapped = 5;
    channel.release();
    message('more');
    state('closed');
    expect([channel.dropped, channel.isOpen, channel.send('more'), told]).toEqual([5, false, false, [['open']]]);
  });
});
