import type { ServiceError } from '../../../src/base/errors.ts';
import type { ClientId, Csrc, PeerId, UserId } from '../../../src/base/ids.ts';
import { FakeChannel } from '../../../src/media/fake/channel.ts';
import { Peer } from '../../../src/peer/peer.ts';
import type { PeerEnd } from '../../../src/peer/types.ts';
import { settled } from '../../support/deferred.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { candidate, plan, StubMedia } from './stub-media.ts';

const make = (options: { offeredCandidates?: number } = {}) => {
  const clock = new ManualClock();
  const media = new StubMedia({ id: 'p1' as PeerId, csrc: 7 as Csrc, plan: plan() });
  const errors: unknown[] = [];
  const peer = new Peer({
    device: { userid: 'u' as UserId, clientid: 'c' as ClientId },
    csrc: 7 as Csrc,
    media,
    sections: [],
    offeredCandidates: options.offeredCandidates ?? 0,
    maxCandidates: 3,
    connectTimeout: 30_000,
    clock,
    onError: (error) => errors.push(error),
  });
  const told: (string | PeerEnd)[] = [];
  peer.events.on('connected', () => told.push('connected'));
  peer.events.on('ended', (end) => told.push(end));
  peer.events.on('closed', () => told.push('closed'));
  return { clock, media, peer, told, errors };
};

type Made = ReturnType<typeof make>;

const answered = async (made: Made): Promise<Made> => {
  made.media.answers.resolve('v=0');
  await made.peer.answer();
  return made;
};

const connected = async (made: Made): Promise<Made> => {
  await answered(made);
  made.media.events.emit('connected');
  return made;
};

const freed = async ({ media }: Made): Promise<void> => {
  media.closes.resolve(undefined);
  await settled();
};

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error as ServiceError).code,
  );

describe('the way to a connection', () => {
  test('offered, answering, answered, connected', async () => {
    const { peer, media, clock, told } = make();
    expect(peer.state).toBe('offered');
    const answer = peer.answer();
    expect(peer.state).toBe('answering');
    media.answers.resolve('v=0');
    expect(await answer).toBe('v=0');
    expect(peer.state).toBe('answered');
    media.events.emit('connected');
    expect(peer.state).toBe('connected');
    expect(peer.connectedSince).toBe(clock.now());
    expect(told).toEqual(['connected']);
    expect(clock.timers).toBe(0);
  });

  test('a connection that is reported before the answer’s promise settles is not lost', async () => {
    const { peer, media, told } = make();
    const answer = peer.answer();
    await settled();
    media.events.emit('connected');
    expect(told).toEqual([]);
    media.answers.resolve('v=0');
    await answer;
    await settled();
    expect(told).toEqual(['connected']);
  });

  test('nothing came up in 30 s after the answer', async () => {
    const made = await answered(make());
    made.clock.advance(29_999);
    expect(made.told).toEqual([]);
    made.clock.advance(1);
    expect(made.told).toMatchObject([{ reason: 'failed', error: { code: 'connect-timeout' } }]);
  });

  test('30 s run from the answer, however long that took', async () => {
    const { peer, media, clock, told } = make();
    const answer = peer.answer();
    clock.advance(29_000);
    media.answers.resolve('v=0');
    await answer;
    clock.advance(29_000);
    expect(told).toEqual([]);
  });

  test('an answer that never comes ends the peer', async () => {
    const { peer, clock, told } = make();
    void peer.answer().catch(() => undefined);
    clock.advance(30_000);
    expect(told).toMatchObject([{ reason: 'failed', error: { code: 'connect-timeout' } }]);
    await Promise.resolve();
    expect(peer.state).toBe('closing');
  });

  test('an answer that fails ends the peer, with the cause kept for the log', async () => {
    const made = make();
    const cause = new Error('no such pad');
    made.media.answers.reject(cause);
    expect(await codeOf(made.peer.answer())).toBe('connect-failed');
    expect(made.told).toMatchObject([{ reason: 'failed', error: { code: 'connect-failed', cause, detail: null } }]);
    await settled();
    expect(made.media.log).toEqual(['answer', 'close failed']);
    await freed(made);
    expect(made.peer.state).toBe('closed');
  });

  test('answer() of a peer that was closed meanwhile rejects with why', async () => {
    const { peer, media } = make();
    const answer = peer.answer();
    await settled();
    void peer.close('replaced');
    media.answers.resolve('v=0');
    expect(await codeOf(answer)).toBe('replaced');
    expect(await codeOf(peer.answer())).toBe('replaced');
  });

  test('is silent until it is connected, and by the time since then where nothing came', async () => {
    const made = make();
    expect(made.peer.idleMs()).toBeNull();
    await answered(made);
    made.clock.advance(500);
    expect(made.peer.idleMs()).toBeNull();
    made.media.events.emit('connected');
    made.clock.advance(700);
    expect(made.peer.idleMs()).toBe(700);
    made.media.idle = 30;
    expect(made.peer.idleMs()).toBe(30);
    void made.peer.close('gone');
    expect(made.peer.idleMs()).toBeNull();
  });
});

describe('candidates', () => {
  test('as many as allowed, offered ones included', async () => {
    const made = await answered(make({ offeredCandidates: 1 }));
    expect([1, 2, 3].map((port) => made.peer.addCandidate(candidate(port)))).toEqual([true, true, false]);
    await settled();
    expect(made.media.log).toEqual(['answer', 'candidate 1', 'candidate 2']);
  });

  test('wait behind the answer', async () => {
    const { peer, media } = make();
    const answer = peer.answer();
    expect(peer.addCandidate(candidate(1))).toBe(true);
    await settled();
    expect(media.log).toEqual(['answer']);
    media.answers.resolve('v=0');
    await answer;
    await settled();
    expect(media.log).toEqual(['answer', 'candidate 1']);
  });

  test('are refused by a peer that ends', async () => {
    const made = await answered(make());
    void made.peer.close('gone');
    expect(made.peer.addCandidate(candidate(1))).toBe(false);
    await freed(made);
    expect(made.peer.addCandidate(candidate(1))).toBe(false);
    expect(made.media.log).toEqual(['answer', 'close gone']);
  });

  test('one that the media plane does not take harms nothing', async () => {
    const made = await answered(make());
    made.media.addCandidate = () => {
      throw new Error('bad candidate');
    };
    made.peer.addCandidate(candidate(1));
    await settled();
    expect(made.errors).toMatchObject([{ message: 'bad candidate' }]);
    expect(made.peer.state).toBe('answered');
  });
});

describe('close', () => {
  test.each(['offered', 'answered', 'connected'])(
    'from %s: tells at once, resolves when freed, leaves no timer',
    async (from) => {
      const made = make();
      if (from !== 'offered') await answered(made);
      if (from === 'connected') made.media.events.emit('connected');
      made.told.length = 0;
      let done = false;
      const closing = made.peer.close('removed').then(() => (done = true));
      expect(made.told).toEqual([{ reason: 'removed', error: null, detail: null, stage: 'answer' }]);
      expect(made.peer.state).toBe('closing');
      await settled();
      expect(done).toBe(false);
      await freed(made);
      await closing;
      expect(made.peer.state).toBe('closed');
      expect(made.told).toEqual([{ reason: 'removed', error: null, detail: null, stage: 'answer' }, 'closed']);
      expect(made.clock.timers).toBe(0);
    },
  );

  test('waits for an answer in the making', async () => {
    const made = make();
    void made.peer.answer().catch(() => undefined);
    await settled();
    const closing = made.peer.close('shutdown');
    await settled();
    expect(made.media.log).toEqual(['answer']);
    made.media.answers.resolve('v=0');
    await freed(made);
    await closing;
    expect(made.media.log).toEqual(['answer', 'close shutdown']);
    expect(made.clock.timers).toBe(0);
  });

  test('twice is once, and the first reason counts', async () => {
    const made = await connected(make());
    const first = made.peer.close('silent');
    expect(made.peer.close('gone')).toBe(first);
    await freed(made);
    await first;
    await made.peer.close('removed');
    made.media.events.emit('ended', 'gone', '');
    expect(made.media.log).toEqual(['answer', 'close silent']);
    expect(made.told).toEqual([
      'connected',
      { reason: 'silent', error: null, detail: null, stage: 'answer' },
      'closed',
    ]);
  });

  test('resolves though the media plane fails to close, and says so', async () => {
    const made = await connected(make());
    made.media.closes.reject(new Error('stuck'));
    await made.peer.close('gone');
    expect(made.peer.state).toBe('closed');
    expect(made.errors).toMatchObject([{ message: 'stuck' }]);
  });

  test('says so where the media plane does not get done, and says nothing where it does', async () => {
    const stuck = await connected(make());
    const inTime = await connected(make());
    void stuck.peer.close('silent');
    void inTime.peer.close('silent');
    await freed(inTime);
    inTime.clock.advance(60_000);
    stuck.clock.advance(59_999);
    expect([inTime.errors, stuck.errors]).toEqual([[], []]);
    stuck.clock.advance(1);
    const message = 'peer p1, which ended as silent at answer, is not freed after 60 s';
    expect(stuck.errors).toMatchObject([{ message }]);
  });

  test('nothing of a closed peer is heard any more', async () => {
    const made = make();
    void made.peer.close('abandoned');
    await freed(made);
    made.media.events.emit('connected');
    expect(made.told).toEqual([{ reason: 'abandoned', error: null, detail: null, stage: 'answer' }, 'closed']);
  });
});

describe('the transport ends', () => {
  test('gone, once connected', async () => {
    const made = await connected(make());
    made.media.events.emit('ended', 'gone', 'the DTLS transport closed');
    const end = { reason: 'gone', error: null, detail: 'the DTLS transport closed', stage: 'answer' };
    expect(made.told).toEqual(['connected', end]);
  });

  test('failed, once connected', async () => {
    const made = await connected(make());
    made.media.events.emit('ended', 'failed', 'dtls');
    expect(made.told.at(-1)).toEqual({ reason: 'failed', error: null, detail: 'dtls', stage: 'answer' });
  });

  test.each(['gone', 'failed'] as const)(
    '%s before it was up is a connection that was not established',
    async (reason) => {
      const made = await answered(make());
      made.media.events.emit('ended', reason, 'why');
      expect(made.told).toMatchObject([
        { reason: 'failed', error: { code: 'connect-failed', detail: null }, detail: 'why' },
      ]);
    },
  );
});

describe('the events channel', () => {
  test('is told of, connected or not yet, and not once the peer ends', async () => {
    const made = make();
    const channels: unknown[] = [];
    made.peer.events.on('channel', (channel) => channels.push(channel));
    const channel = new FakeChannel();
    made.media.events.emit('channel', channel);
    expect(channels).toEqual([channel]);
    await connected(made);
    void made.peer.close('gone');
    made.media.events.emit('channel', new FakeChannel());
    expect(channels).toHaveLength(1);
    await freed(made);
  });

  test('takes a last word inside `ended`: the media side is closed after it', async () => {
    const made = await connected(make());
    const log = made.media.log;
    made.peer.events.on('ended', () => log.push('bye'));
    void made.peer.close('replaced');
    await freed(made);
    expect(log.slice(-2)).toEqual(['bye', 'close replaced']);
  });
});
