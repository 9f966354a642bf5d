import type { ServiceError } from '../../../src/base/errors.ts';
import type { ClientId, UserId } from '../../../src/base/ids.ts';
import { PeerDirectory } from '../../../src/peer/directory.ts';
import type { Peer } from '../../../src/peer/peer.ts';
import type { Device } from '../../../src/peer/types.ts';
import { settled } from '../../support/deferred.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { plan, StubPlane } from './stub-media.ts';

const device = (userid: string, clientid = ''): Device => ({
  userid: userid as UserId,
  clientid: clientid as ClientId,
});
const ME = device('me', 'laptop');

const make = (
  options: {
    maxPeers?: number;
    maxNegotiations?: number;
    shortFor?: (n: number) => string | null;
    drawCsrc?: () => number;
  } = {},
) => {
  const plane = new StubPlane();
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const directory = new PeerDirectory({
    plane,
    clock,
    maxPeers: options.maxPeers ?? 10,
    maxNegotiations: options.maxNegotiations ?? 10,
    shortFor: options.shortFor ?? (() => null),
    maxCandidates: 32,
    connectTimeout: 30_000,
    onError: (error) => errors.push(error),
    ...(options.drawCsrc === undefined ? {} : { drawCsrc: options.drawCsrc }),
  });
  const told: unknown[][] = [];
  directory.events.on('connected', (peer, replaced) => told.push(['connected', peer, replaced]));
  directory.events.on('ended', (peer, end, wasCurrent) => told.push(['ended', peer, end.reason, wasCurrent]));
  const connect = async (who: Device): Promise<Peer> => {
    const peer = directory.open(who, plan());
    const media = plane.media(plane.opened.length - 1);
    media.answers.resolve('v=0');
    await peer.answer();
    media.events.emit('connected');
    return peer;
  };
  const free = async (n: number): Promise<void> => {
    plane.media(n).closes.resolve(undefined);
    await settled();
  };
  return { plane, clock, directory, told, connect, free, errors };
};

const thrown = (action: () => unknown): string => {
  try {
    action();
    return 'nothing';
  } catch (error) {
    return (error as ServiceError).code;
  }
};

test('where the system has too little left, whoever comes is refused; those who are about to be up count', () => {
  const asked: number[] = [];
  let short: string | null = null;
  const { directory } = make({ shortFor: (connections) => (asked.push(connections), short) });
  directory.open(ME, plan());
  directory.open(device('other'), plan());
  expect(asked).toEqual([1, 2]);
  short = 'open files';
  expect(thrown(() => directory.open(device('third'), plan()))).toBe('full');
  expect(directory.size).toBe(2);
  short = null;
  expect(thrown(() => directory.admit(device('third')))).toBe('nothing');
});

describe('replacement', () => {
  test('a newer offer ends an older pending one at once', () => {
    const { directory, told } = make();
    const old = directory.open(ME, plan());
    const next = directory.open(ME, plan());
    expect(old.state).toBe('closing');
    expect(next.state).toBe('offered');
    expect(told).toEqual([['ended', old, 'replaced', false]]);
  });

  test('an established one lives until the newer is established', async () => {
    const { directory, told, connect, plane } = make();
    const old = await connect(ME);
    told.length = 0;
    const next = directory.open(ME, plan());
    plane.media(1).answers.resolve('v=0');
    await next.answer();
    expect(old.state).toBe('connected');
    plane.media(1).events.emit('connected');
    expect(told).toEqual([
      ['connected', next, old],
      ['ended', old, 'replaced', false],
    ]);
    await settled();
    expect(plane.media(0).log.at(-1)).toBe('close replaced');
  });

  test('a newer one that never comes up leaves the established one alone', async () => {
    const { directory, told, connect, plane, clock } = make();
    const old = await connect(ME);
    told.length = 0;
    const next = directory.open(ME, plan());
    plane.media(1).answers.resolve('v=0');
    await next.answer();
    clock.advance(30_000);
    expect(told).toEqual([['ended', next, 'failed', false]]);
    expect(old.state).toBe('connected');
  });

  test('one that the media plane cannot open leaves both alone', async () => {
    const { directory, connect, plane } = make();
    const established = await connect(ME);
    const pending = directory.open(ME, plan());
    plane.openPeer = () => {
      throw new Error('out of descriptors');
    };
    expect(() => directory.open(ME, plan())).toThrow('out of descriptors');
    expect([established.state, pending.state]).toEqual(['connected', 'offered']);
  });

  test('the end of the established one is told while a newer is pending, and the newer then replaces nobody', async () => {
    const { directory, told, connect, plane } = make();
    const old = await connect(ME);
    const next = directory.open(ME, plan());
    plane.media(1).answers.resolve('v=0');
    await next.answer();
    told.length = 0;
    plane.media(0).events.emit('ended', 'gone', '');
    plane.media(1).events.emit('connected');
    expect(told).toEqual([
      ['ended', old, 'gone', true],
      ['connected', next, null],
    ]);
  });

  test('three in a row: established, pending, newer pending', async () => {
    const { directory, connect, plane } = make();
    const first = await connect(ME);
    const second = directory.open(ME, plan());
    const third = directory.open(ME, plan());
    expect([first.state, second.state, third.state]).toEqual(['connected', 'closing', 'offered']);
    plane.media(2).answers.resolve('v=0');
    await third.answer();
    plane.media(2).events.emit('connected');
    expect([first.state, second.state, third.state]).toEqual(['closing', 'closing', 'connected']);
  });

  test.each([
    [device('me', 'phone'), 'another device of the same user'],
    [device('you', 'laptop'), 'another user’s device of the same name'],
    [device('me'), 'the device without a name'],
  ])('%j is %s', async (other) => {
    const { connect } = make();
    const mine = await connect(ME);
    await connect(other);
    expect(mine.state).toBe('connected');
  });

  test('a device that is gone and comes back is new', async () => {
    const { connect, told, plane } = make();
    const old = await connect(ME);
    plane.media(0).events.emit('ended', 'gone', '');
    const next = await connect(ME);
    expect(told).toEqual([
      ['connected', old, null],
      ['ended', old, 'gone', true],
      ['connected', next, null],
    ]);
  });
});

describe('limits', () => {
  test('full at MAX_PEERS, for other devices; freed means free', async () => {
    const { directory, connect, plane, free } = make({ maxPeers: 2 });
    await connect(ME);
    directory.open(device('you'), plan());
    expect(thrown(() => directory.admit(device('him')))).toBe('full');
    expect(thrown(() => directory.open(device('him'), plan()))).toBe('full');
    expect(plane.opened).toHaveLength(2);
    plane.media(0).events.emit('ended', 'gone', '');
    // Its resources are still held.
    expect(thrown(() => directory.admit(device('him')))).toBe('full');
    await free(0);
    expect(thrown(() => directory.admit(device('him')))).toBe('nothing');
  });

  test('full at MAX_NEGOTIATIONS, while that many have their offer and are not up', async () => {
    const { directory, connect, told } = make({ maxNegotiations: 2 });
    const first = directory.open(device('a'), plan());
    directory.open(device('b'), plan());
    expect(thrown(() => directory.admit(device('c')))).toBe('full');
    expect(thrown(() => directory.open(device('c'), plan()))).toBe('full');
    // A page that is reloaded takes the place of its own.
    directory.open(device('b'), plan());
    expect(told).toEqual([['ended', expect.anything(), 'replaced', false]]);
    expect(thrown(() => directory.admit(device('c')))).toBe('full');
    void first.close('abandoned');
    await connect(device('c'));
    await connect(device('d'));
    expect(thrown(() => directory.admit(device('e')))).toBe('nothing');
  });

  test('at a full server a page may still be reloaded', async () => {
    const { directory, connect } = make({ maxPeers: 2 });
    await connect(ME);
    await connect(device('you'));
    expect(thrown(() => directory.open(ME, plan()))).toBe('nothing');
    expect(thrown(() => directory.admit(device('him')))).toBe('full');
  });

  test('reloading does not pile up what is not freed yet', async () => {
    const { directory, connect } = make({ maxPeers: 3 });
    await connect(ME);
    directory.open(ME, plan());
    directory.open(ME, plan());
    directory.open(ME, plan());
    // Established and pending are its own; the two that are closing count for everybody.
    expect(thrown(() => directory.open(ME, plan()))).toBe('nothing');
    expect(thrown(() => directory.open(ME, plan()))).toBe('full');
  });

  test('draining', async () => {
    const { directory, connect } = make();
    const peer = await connect(ME);
    directory.drain();
    expect(thrown(() => directory.admit(ME))).toBe('draining');
    expect(thrown(() => directory.open(device('you'), plan()))).toBe('draining');
    expect(peer.state).toBe('connected');
  });

  test('a media plane that is unable is no coded error, so it becomes a 500', () => {
    const { directory, plane } = make();
    plane.broken = new Error('GStreamer is gone');
    expect(() => directory.admit(ME)).toThrow('GStreamer is gone');
  });
});

describe('csrc', () => {
  const draws = (...values: number[]) => {
    let i = 0;
    return () => values[i++] ?? 99;
  };

  test('is drawn again where it is 0 or taken, and free again when its device is gone', async () => {
    const { directory, connect, plane } = make({ drawCsrc: draws(5, 0, 5, 5, 6, 5) });
    await connect(ME);
    const you = directory.open(device('you'), plan());
    expect(you.csrc).toBe(6);
    plane.media(0).events.emit('ended', 'gone', '');
    expect(directory.open(device('him'), plan()).csrc).toBe(5);
  });

  test('stays with the device over a replacement, and tells devices apart', async () => {
    const { connect } = make();
    const old = await connect(ME);
    const next = await connect(ME);
    const phone = await connect(device('me', 'phone'));
    expect(next.csrc).toBe(old.csrc);
    expect(phone.csrc).not.toBe(old.csrc);
    expect(old.csrc).toBeGreaterThan(0);
    expect(old.csrc).toBeLessThan(2 ** 32);
  });

  test('reaches the media plane', async () => {
    const { connect, plane } = make();
    const peer = await connect(ME);
    expect(plane.media(0).request).toMatchObject({ id: peer.id, csrc: peer.csrc });
  });
});

test('close ends every peer, resolves when all are freed, and leaves no timer', async () => {
  const { directory, connect, plane, clock, free, told } = make();
  const mine = await connect(ME);
  const pending = directory.open(device('you'), plan());
  told.length = 0;
  let done = false;
  const closing = directory.close().then(() => (done = true));
  expect(told).toEqual([
    ['ended', mine, 'shutdown', true],
    ['ended', pending, 'shutdown', false],
  ]);
  await free(0);
  expect(done).toBe(false);
  await free(1);
  await closing;
  expect(plane.openPeers).toBe(0);
  expect(directory.size).toBe(0);
  expect(clock.timers).toBe(0);
  await directory.close();
});

test('close waits for peers that were ending already', async () => {
  const { directory, connect, free, plane } = make();
  await connect(ME);
  plane.media(0).events.emit('ended', 'gone', '');
  expect(directory.size).toBe(1);
  let done = false;
  const closing = directory.close().then(() => (done = true));
  await settled();
  expect(done).toBe(false);
  await free(0);
  await closing;
  expect(directory.size).toBe(0);
});
