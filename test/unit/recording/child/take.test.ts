import { settled } from '../../../support/deferred.ts';
import { audioTrack, videoTrack } from '../support.ts';
import { Bench, EPOCH_NS } from './take-support.ts';

const EPOCH_MS = Number(EPOCH_NS / 1_000_000n);
const voice = audioTrack({ ssrc: 1 });
const camera = videoTrack({ ssrc: 2 });

describe('the segments of one track', () => {
  it('begin with the track, and are told of with its first packet', async () => {
    const bench = new Bench({ fill: 'silence' });
    await bench.add(voice);
    expect(bench.takeAsked()).toEqual(['track 1 to 1/1 silence first']);
    expect(bench.told).toEqual([]);
    bench.take.onBegan(1, EPOCH_NS + 5_000_000n, 0n);
    bench.take.onBegan(1, EPOCH_NS + 6_000_000n, 0n);
    expect(bench.told).toEqual([
      { type: 'segment-opened', segment: 1, originMs: EPOCH_MS + 5, files: ['1.webm'], tracks: [1] },
    ]);
  });

  it('never fill pictures in', async () => {
    const bench = new Bench({ fill: 'silence' });
    await bench.add(camera);
    expect(bench.takeAsked()).toEqual(['track 2 to 1/2 none first']);
  });

  it('end with the track, and tell what was recorded', async () => {
    const bench = new Bench();
    await bench.add(voice);
    bench.began(1);
    const stopped = bench.take.stop('ended');
    await settled();
    expect(bench.takeAsked().at(-1)).toBe('untrack 1');
    expect(bench.segments[0]?.ended).toEqual([]);
    await bench.released(1, { firstUnixNs: EPOCH_NS + 250_000_000n, endPtsNs: 2_500_000_000n });
    await stopped;
    expect(bench.segments[0]).toMatchObject({ ended: [1], state: 'finished' });
    expect(bench.of('segment-closed')).toEqual([
      {
        type: 'segment-closed',
        segment: 1,
        why: 'ended',
        files: [{ name: '1.webm', bytes: 0, sha256: '0'.repeat(64) }],
        tracks: [
          {
            ssrc: 1,
            startMs: EPOCH_MS + 250,
            durationMs: 2500,
            counted: { packets: 50, bytes: 4000, lost: 1, late: 0, duplicates: 0, filledMs: 20 },
          },
        ],
      },
    ]);
  });

  it('end once, also where the recording ends while the reader still has the track', async () => {
    const bench = new Bench();
    await bench.add(voice);
    bench.began(1);
    const both = [bench.take.stop('ended'), bench.take.stop('stopped')];
    await settled();
    await bench.released(1);
    await Promise.all(both);
    expect(bench.of('segment-closed')).toMatchObject([{ why: 'ended' }]);
  });

  it('leave no file where no packet came', async () => {
    const bench = new Bench();
    await bench.add(voice);
    const stopped = bench.take.stop('stopped');
    await settled();
    await bench.released(1, { packets: 0, firstUnixNs: null, endPtsNs: 0n });
    await stopped;
    expect(bench.segments[0]?.state).toBe('removed');
    expect(bench.told).toEqual([]);
  });

  it.each([
    ['long', (bench: Bench) => bench.advance(5000)],
    [
      'big',
      async (bench: Bench) => {
        bench.segments[0]!.size = 1_000_000;
        await bench.advance(100);
      },
    ],
  ])('give way to the next when one is %s enough, at a key frame', async (_, grow) => {
    const bench = new Bench({ limits: { seconds: 10, bytes: 1_000_000 } });
    await bench.add(camera);
    bench.began(2);
    await bench.advance(5000);
    expect(bench.segments).toHaveLength(1);
    bench.takeAsked();
    await grow(bench);
    expect(bench.takeAsked()).toEqual(['switch 2 to 2/2 keyframe first']);
    // The old one goes on until the reader gives the track back.
    expect(bench.segments[0]).toMatchObject({ ended: [], state: 'open' });
    await bench.released(2);
    bench.began(2);
    expect(bench.segments[0]).toMatchObject({ ended: [2], state: 'finished' });
    expect(bench.of('segment-closed').map(({ segment, why }) => [segment, why])).toEqual([[1, 'limit']]);
    expect(bench.of('segment-opened').map(({ segment }) => segment)).toEqual([1, 2]);
  });

  it('give way without a key frame where none comes', async () => {
    const bench = new Bench({ limits: { seconds: 1, bytes: 1e9 } });
    await bench.add(camera);
    bench.began(2);
    await bench.advance(1500);
    expect(bench.takeAsked().at(-1)).toBe('switch 2 to 2/2 keyframe first');
    await bench.advance(4000);
    expect(bench.takeAsked()).toEqual([]);
    await bench.advance(1500);
    expect(bench.takeAsked()).toEqual(['switch 2 to 2/2 now first']);
    // And no third one while the second has not begun.
    expect(bench.segments).toHaveLength(2);
  });

  it('have no limit where nothing is written', async () => {
    const bench = new Bench({ limits: { seconds: 1, bytes: 1 } });
    await bench.add(voice);
    Object.assign(bench.segments[0]!, { files: [] });
    bench.began(1);
    await bench.advance(5000);
    expect(bench.segments).toHaveLength(1);
  });
});

describe('a segment that fails', () => {
  it('is followed by another, after a while, and says why', async () => {
    const bench = new Bench();
    await bench.add(voice);
    bench.began(1);
    bench.takeAsked();
    bench.segments[0]?.fail('no space left on device');
    expect(bench.segments[0]?.state).toBe('halted');
    expect(bench.of('trouble')).toEqual([{ type: 'trouble', text: 'no space left on device' }]);
    await bench.advance(200);
    expect(bench.segments).toHaveLength(1);
    await bench.advance(100);
    expect(bench.takeAsked()).toEqual(['switch 1 to 2/1 now first']);
    await bench.released(1);
    expect(bench.of('segment-closed').map(({ segment, why }) => [segment, why])).toEqual([[1, 'error']]);
  });

  it('waits longer each time, up to 10 s', async () => {
    const bench = new Bench();
    bench.refusal = 'read-only file system';
    bench.take.add(voice);
    const at: number[] = [];
    const start = bench.clock.now();
    for (let index = 0; index < 900; index += 1) {
      const before = bench.of('trouble').length;
      await bench.advance(50);
      if (bench.of('trouble').length > before) at.push(bench.clock.now() - start);
    }
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    bench.refusal = null;
    await bench.advance(10_000);
    expect(bench.takeAsked()).toEqual(['track 1 to 1/1 none first']);
  });

  it('is forgiven when it lived long', async () => {
    const bench = new Bench();
    await bench.add(voice);
    for (const [index, life] of [100, 100, 40_000].entries()) {
      bench.began(1);
      await bench.advance(life);
      bench.segments[index]?.fail('again');
      await bench.advance(index === 2 ? 300 : 1000);
      await bench.released(1);
    }
    expect(bench.segments).toHaveLength(4);
  });

  it('ends with its track all the same', async () => {
    const bench = new Bench();
    await bench.add(voice);
    bench.began(1);
    bench.segments[0]?.fail('x');
    const stopped = bench.take.stop('stopped');
    await settled();
    await bench.released(1);
    await stopped;
    expect(bench.of('segment-closed').map(({ why }) => why)).toEqual(['error']);
    expect(bench.take.size).toBe(0);
  });
});

describe('the end', () => {
  it('does not wait for ever for a reader that gives nothing back', async () => {
    const bench = new Bench();
    await bench.add(voice);
    bench.began(1);
    const stopped = bench.take.stop('stopped');
    await bench.advance(2100);
    await stopped;
    expect(bench.of('segment-closed')).toHaveLength(1);
  });

  it('takes what the reader knows where it has ended', async () => {
    const bench = new Bench();
    await bench.add(voice);
    bench.began(1);
    bench.readerTracks.clear();
    await bench.take.stop('stopped');
    expect(bench.of('segment-closed')[0]?.tracks).toMatchObject([{ ssrc: 1, startMs: null }]);
  });

  it('of a track that never came to a segment holds up nobody', async () => {
    const bench = new Bench();
    bench.take.add(voice);
    await bench.take.stop('stopped');
    await bench.advance(1000);
    expect([bench.segments.length, bench.told.length, bench.clock.timers]).toEqual([0, 0, 0]);
  });

  it('of a track that is to go into the next segment closes both', async () => {
    const bench = new Bench({ limits: { seconds: 1, bytes: 1e9 } });
    await bench.add(camera);
    bench.began(2);
    await bench.advance(1200);
    const stopped = bench.take.stop('stopped');
    await settled();
    await bench.released(2);
    await stopped;
    expect(bench.segments.map(({ state }) => state)).toEqual(['finished', 'removed']);
    expect(bench.of('segment-closed').map(({ why }) => why)).toEqual(['limit']);
  });
});

describe('the segments of a conversation', () => {
  const shared = (): Bench => new Bench({ isShared: true, fill: 'silence' });
  const other = audioTrack({ ssrc: 3, userid: 'bob', csrc: 8 });

  it('have everybody who comes at about the same time, on one time', async () => {
    const bench = shared();
    bench.take.add(voice);
    await bench.advance(100);
    await bench.add(camera);
    expect(bench.segments.map(({ tracks }) => tracks.map(({ ssrc }) => ssrc))).toEqual([[1, 2]]);
    expect(bench.takeAsked()).toEqual(['track 1 to 1/1 silence +200', 'track 2 to 1/2 none +200']);
  });

  it('begin anew when somebody comes, and go on when somebody leaves', async () => {
    const bench = shared();
    await bench.add(voice);
    bench.began(1);
    await bench.advance(3000);
    bench.takeAsked();
    await bench.add(other);
    expect(bench.takeAsked()).toEqual(['switch 1 to 2/1 keyframe +3450', 'track 3 to 2/3 silence +3450']);
    await bench.released(1, { endPtsNs: 3_250_000_000n });
    bench.began(1);
    expect(bench.of('segment-closed')).toMatchObject([
      { segment: 1, why: 'tracks', tracks: [{ startMs: EPOCH_MS + 200, durationMs: 3250 }] },
    ]);
    bench.take.remove(1);
    await settled();
    await bench.released(1);
    expect(bench.segments[1]).toMatchObject({ ended: [1], state: 'open' });
    await bench.advance(5000);
    expect(bench.segments).toHaveLength(2);
    bench.take.remove(3);
    await settled();
    await bench.released(3);
    expect(bench.segments[1]?.state).toBe('finished');
    expect(bench.of('segment-closed').at(-1)).toMatchObject({ segment: 2, why: 'ended' });
  });

  it('are not too short, however many come', async () => {
    const bench = shared();
    for (let index = 0; index < 20; index += 1) {
      await bench.add(audioTrack({ ssrc: 10 + index }));
      for (let ssrc = 10; ssrc <= 10 + index; ssrc += 1) {
        await bench.released(ssrc);
        bench.began(ssrc);
      }
    }
    // 5 s.
    expect(bench.segments.length).toBeLessThanOrEqual(3);
    expect(bench.segments.at(-1)?.tracks.length).toBeGreaterThan(10);
  });

  it('do not wait for a camera without a picture, and take it in when it shows one', async () => {
    const bench = shared();
    await bench.add(voice, camera);
    bench.began(1);
    bench.takeAsked();
    await bench.advance(1200);
    expect(bench.takeAsked()).toEqual(['switch 2 to 100/2 now first']);
    await bench.released(2, { packets: 0, firstUnixNs: null, endPtsNs: 0n });
    expect(bench.segments[0]).toMatchObject({ ended: [2], state: 'open' });
    await bench.advance(10_000);
    expect(bench.segments).toHaveLength(1);
    bench.began(2);
    await bench.advance(300);
    expect(bench.segments[1]?.tracks.map(({ ssrc }) => ssrc)).toEqual([1, 2]);
    expect(bench.takeAsked()).toEqual([
      expect.stringMatching(/^switch 1 to 2\/1 keyframe/),
      expect.stringMatching(/^switch 2 to 2\/2 keyframe/),
    ]);
    // Nothing is told of where it waited.
    await bench.released(2);
    expect(bench.parks[0]?.state).toBe('removed');
    expect(bench.of('segment-opened').map(({ segment }) => segment)).toEqual([1]);
  });

  it('go on without a camera that stands still', async () => {
    const bench = shared();
    await bench.add(voice, camera);
    bench.began(1);
    bench.began(2);
    await bench.advance(5000);
    bench.takeAsked();
    bench.take.onStill(2);
    bench.take.onStill(2);
    bench.take.onStill(1);
    await settled();
    expect(bench.takeAsked()).toEqual(['switch 2 to 100/2 now first']);
    await bench.released(2);
    expect(bench.segments[0]).toMatchObject({ ended: [2], state: 'open' });
  });

  it('skip a camera on its way into the next one', async () => {
    const bench = shared();
    await bench.add(voice, camera);
    bench.began(1);
    bench.began(2);
    await bench.advance(3000);
    await bench.add(other);
    await bench.released(1);
    bench.began(1);
    bench.began(3);
    bench.takeAsked();
    // No key frame: the second segment waits for this one.
    await bench.advance(1200);
    expect(bench.takeAsked()).toEqual(['switch 2 to 100/2 now first']);
    expect(bench.segments[1]).toMatchObject({ ended: [2], state: 'open' });
    await bench.released(2);
    expect(bench.segments[0]?.state).toBe('finished');
  });

  it('parks no track of a segment of its own', async () => {
    const bench = new Bench();
    await bench.add(camera);
    bench.take.onStill(2);
    await bench.advance(5000);
    expect(bench.parks).toEqual([]);
  });
});
