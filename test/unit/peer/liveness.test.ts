import type { ClientId, UserId } from '../../../src/base/ids.ts';
import { PeerDirectory } from '../../../src/peer/directory.ts';
import { isSilent, Liveness } from '../../../src/peer/liveness.ts';
import { settled } from '../../support/deferred.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { plan, StubPlane, type StubMedia } from './stub-media.ts';

const make = () => {
  const plane = new StubPlane();
  const clock = new ManualClock();
  const options = {
    plane,
    clock,
    maxPeers: 10,
    maxNegotiations: 10,
    shortFor: () => null,
    maxCandidates: 32,
    connectTimeout: 30_000,
    onError: fail,
  };
  const directory = new PeerDirectory(options);
  const liveness = new Liveness({ peers: directory, timeout: 30_000, clock });
  const ended: string[] = [];
  directory.events.on('ended', (peer, { reason }) => ended.push(`${peer.userid} ${reason}`));
  const connect = async (userid: string): Promise<StubMedia> => {
    const peer = directory.open({ userid: userid as UserId, clientid: '' as ClientId }, plan());
    const media = plane.media(plane.opened.length - 1);
    media.answers.resolve('v=0');
    await peer.answer();
    media.events.emit('connected');
    return media;
  };
  return { clock, liveness, ended, connect, directory };
};

const fail = (error: unknown): never => {
  throw error;
};

describe('Liveness', () => {
  test('ends who is silent for longer than the timeout, at the next sweep, and nobody else', async () => {
    const { clock, ended, connect } = make();
    const silent = await connect('silent');
    const busy = await connect('busy');
    silent.idle = 30_000;
    busy.idle = 20;
    clock.advance(5_000);
    expect(ended).toEqual([]);
    silent.idle = 30_001;
    clock.advance(4_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(['silent silent']);
    silent.closes.resolve(undefined);
    await settled();
    clock.advance(300_000);
    expect(ended).toEqual(['silent silent']);
  });

  test('a silent listener that still answers STUN lives on', async () => {
    const { clock, ended, connect } = make();
    const listener = await connect('listener');
    for (let s = 0; s < 300; s++) {
      listener.idle = (s % 25) * 1000;
      clock.advance(1000);
    }
    expect(ended).toEqual([]);
  });

  test('where nothing ever came the time counts from the connection', async () => {
    const { clock, ended, connect } = make();
    await connect('mute');
    clock.advance(30_000);
    expect(ended).toEqual([]);
    clock.advance(5_000);
    expect(ended).toEqual(['mute silent']);
  });

  test('a peer that is not connected yet is none of its business', () => {
    const { clock, ended, directory } = make();
    directory.open({ userid: 'me' as UserId, clientid: '' as ClientId }, plan());
    clock.advance(300_000);
    expect(ended).toEqual([]);
  });

  test('one timer for all, and none after stop', async () => {
    const { clock, liveness, connect } = make();
    for (const name of ['a', 'b']) (await connect(name)).idle = 20;
    expect(clock.timers).toBe(1);
    clock.advance(60_000);
    expect(clock.timers).toBe(1);
    liveness.stop();
    expect(clock.timers).toBe(0);
  });
});

test.each([
  [null, false],
  [0, false],
  [1000, false],
  [1001, true],
])('isSilent(%p, 1000) is %p', (idle, silent) => {
  expect(isSilent(idle, 1000)).toBe(silent);
});
