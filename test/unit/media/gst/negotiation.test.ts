import { jest } from '@jest/globals';
import type { GstObject, Sdp, Value } from 'node-gst';
import { negotiate } from '../../../../src/media/gst/negotiation.ts';
import { settled } from '../../../support/deferred.ts';

type Step = 'set-remote-description' | 'create-answer' | 'set-local-description' | 'gathering candidates';

/** Answers at once, but for the steps that it hangs in. */
class StubBin {
  readonly asked: string[] = [];
  readonly described: string[] = [];
  readonly #hangsIn: Step | null;
  /** Signals that somebody listens to. */
  listeners = 0;
  onGathering: (state: Value) => void = () => undefined;
  gathering = 'gathering';
  local = LOCAL;

  constructor(hangsIn: Step | null = null) {
    this.#hangsIn = hangsIn;
    if (hangsIn !== 'gathering candidates') this.gathering = 'complete';
  }

  emitPromise(signal: string, argument: Value): Promise<unknown> {
    this.asked.push(signal);
    if (argument !== null) this.described.push((argument as Sdp).sdp);
    if (signal === this.#hangsIn) return new Promise(() => undefined);
    return Promise.resolve(signal === 'create-answer' ? { answer: { type: 'answer', sdp: CREATED } } : null);
  }

  get(property: string): Value {
    return property === 'local-description' ? { type: 'answer', sdp: this.local } : this.gathering;
  }

  on(_signal: string, callback: (state: Value) => void): number {
    this.onGathering = callback;
    return ++this.listeners;
  }

  off(): void {
    this.listeners--;
  }

  negotiate(): Promise<string> {
    return negotiate(this as unknown as GstObject, OFFER);
  }
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const SECTION = 'v=0\r\nm=audio 9 RTP/AVP 111\r\n';
const SOURCE = 'a=ssrc:1 cname:c\r\n';
const OFFER = `${SECTION}${SOURCE}`;
const CREATED = `${SECTION}${SOURCE}`;
const LOCAL = `${SECTION}a=candidate:1 1 UDP 1 192.0.2.1 5000 typ host\r\n`;
/** What comes out. */
const ANSWER = `${LOCAL}${SOURCE}`;

describe('negotiate', () => {
  it('ends with the local description, and leaves no timer and no listener', async () => {
    const bin = new StubBin();
    await expect(bin.negotiate()).resolves.toBe(ANSWER);
    expect(bin.asked).toEqual(['set-remote-description', 'create-answer', 'set-local-description']);
    expect([jest.getTimerCount(), bin.listeners]).toEqual([0, 0]);
  });

  it('gives webrtcbin its answer without the lines of which it would make fields with names of their own', async () => {
    const bin = new StubBin();
    await bin.negotiate();
    expect(bin.described).toEqual([OFFER, SECTION]);
  });

  it('waits until gathering is complete', async () => {
    const bin = new StubBin('gathering candidates');
    let answer: string | null = null;
    const done = bin.negotiate().then((text) => (answer = text));
    await settled();
    bin.onGathering('gathering');
    await settled();
    expect(answer).toBeNull();
    bin.onGathering('complete');
    await done;
    expect(answer).toBe(ANSWER);
    expect([jest.getTimerCount(), bin.listeners]).toEqual([0, 0]);
  });

  it.each<[Step, number]>([
    ['set-remote-description', 10_000],
    ['create-answer', 10_000],
    ['set-local-description', 10_000],
  ])('rejects where webrtcbin hangs in %s, after %i ms and not before', async (step, limit) => {
    const bin = new StubBin(step);
    let failure: unknown = null;
    const done = bin.negotiate().catch((error: unknown) => (failure = error));
    await settled();
    jest.advanceTimersByTime(limit - 1);
    await settled();
    expect(failure).toBeNull();
    jest.advanceTimersByTime(1);
    await done;
    expect(failure).toEqual(new Error(`webrtcbin has not done within ${limit / 1000} s: ${step}`));
    expect([jest.getTimerCount(), bin.listeners]).toEqual([0, 0]);
  });

  it('goes on with what there is where a STUN or TURN server does not answer', async () => {
    const bin = new StubBin('gathering candidates');
    let answer: string | null = null;
    const done = bin.negotiate().then((text) => (answer = text));
    await settled();
    jest.advanceTimersByTime(1_000);
    await settled();
    jest.advanceTimersByTime(2_999);
    await settled();
    expect(answer).toBeNull();
    jest.advanceTimersByTime(1);
    await done;
    expect(answer).toBe(ANSWER);
    expect([jest.getTimerCount(), bin.listeners]).toEqual([0, 0]);
  });

  it('rejects where there is no candidate after a second', async () => {
    const bin = new StubBin('gathering candidates');
    bin.local = 'v=0 local';
    const done = bin.negotiate();
    await settled();
    jest.advanceTimersByTime(1_000);
    await expect(done).rejects.toMatchObject({ code: 'no-media-port' });
    expect([jest.getTimerCount(), bin.listeners]).toEqual([0, 0]);
  });

  it('rejects with what webrtcbin says, and leaves no timer', async () => {
    const bin = new StubBin();
    bin.emitPromise = () => Promise.reject(new Error('no such mline'));
    await expect(bin.negotiate()).rejects.toThrow('no such mline');
    expect([jest.getTimerCount(), bin.listeners]).toEqual([0, 0]);
  });
});
