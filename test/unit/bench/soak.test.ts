import { audioPacket } from '../../../bench/lib/packets.mjs';
import { Ear, nothingHeard } from '../../../bench/lib/soak/ear.mjs';
import { quantile } from '../../../bench/lib/figures.mjs';
import { lastingTasks } from '../../../bench/lib/process.mjs';
import { deafOf, slopeOf } from '../../../bench/lib/soak/figures.mjs';
import { niceAbove, panelsOf, plotOf, thin } from '../../../bench/lib/soak/plot.mjs';
import { SIZES, randomOf, roundOf } from '../../../bench/lib/soak/schedule.mjs';
import { Stay, idOf, roomsOf } from '../../../bench/lib/soak/stay.mjs';
import { textOf, verdictOf } from '../../../bench/lib/soak/verdict.mjs';

/** What `npm run soak` plans, checks and concludes; that it can be run is seen in test/contract/soak.test.ts. */

const SECOND = 1_000_000;

describe('a round', () => {
  const round = roundOf(7, 3, SIZES.full);

  it('is the same for the same seed, and another for another', () => {
    expect(roundOf(7, 3, SIZES.full)).toEqual(round);
    expect(roundOf(7, 4, SIZES.full)).not.toEqual(round);
    expect(roundOf(8, 3, SIZES.full)).not.toEqual(round);
  });

  it('has all kinds of acts over some rounds, in the order of their time', () => {
    const steps = [1, 2, 3, 4, 5, 6].flatMap((number) => roundOf(1, number, SIZES.full).steps);
    expect(new Set(steps.map(({ act }) => act))).toEqual(
      new Set(['enter', 'move', 'talk', 'hush', 'pin', 'replace', 'drop', 'giveUp', 'stall']),
    );
    const times = round.steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(SIZES.full.busyMs);
  });

  it('keeps the first two of each room in it, and plans nothing for who has vanished', () => {
    for (let number = 1; number <= 20; number++) {
      const { steps, vanishAtMs } = roundOf(2, number, SIZES.full);
      const anchored = steps.filter(({ member }) => member.id < 1_000 && (member.id - 1) % SIZES.full.perRoom < 2);
      expect(anchored.map(({ act }) => act).filter((act) => act !== 'replace')).not.toContain('drop');
      expect(anchored.map(({ act }) => act)).not.toContain('move');
      const late = steps.filter(({ atMs, member }) => atMs > vanishAtMs && member.process === SIZES.full.processes - 1);
      expect(late.filter(({ act }) => act !== 'hush')).toEqual([]);
    }
  });

  it('has numbers that fill the unit interval', () => {
    const random = randomOf(1);
    const numbers = Array.from({ length: 1_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(numbers.filter((number) => number < 0.5).length / 1_000).toBeCloseTo(0.5, 1);
  });
});

it('counts threads without the timer of usrsctp, of which there is one', () => {
  const tasks = (timers: number): string[] => ['1 node', '2 peer:ice', ...Array<string>(timers).fill('3 SCTP timer')];
  expect([0, 1, 2].map((timers) => lastingTasks(tasks(timers)).length)).toEqual([2, 2, 3]);
});

describe('where somebody is', () => {
  it('hears his room, and during a move both; afterwards what was under way', () => {
    const stay = new Stay();
    expect(stay.mayHear([1], 0, SECOND)).toBe(false);
    stay.request(1, SECOND);
    stay.arrive(2 * SECOND);
    expect(stay.mayHear([1], 3 * SECOND, 3 * SECOND)).toBe(true);
    expect(stay.mayHear([2], 3 * SECOND, 3 * SECOND)).toBe(false);
    stay.announce(2);
    expect(stay.mayHear([2], 4 * SECOND, 4 * SECOND)).toBe(false);
    stay.request(2, 5 * SECOND);
    expect(stay.mayHear([1], 6 * SECOND, 6 * SECOND)).toBe(true);
    expect(stay.mayHear([2], 6 * SECOND, 6 * SECOND)).toBe(true);
    stay.arrive(7 * SECOND);
    expect(stay.mayHear([1], 6.9 * SECOND, 8 * SECOND)).toBe(true);
    expect(stay.mayHear([1], 7.1 * SECOND, 8 * SECOND)).toBe(false);
    expect(stay.mayHear([1, 2], 7.1 * SECOND, 8 * SECOND)).toBe(true);
  });

  it('hears nobody after he has left, not even others without a room', () => {
    const stay = new Stay();
    stay.request(1, 0);
    stay.arrive(0);
    stay.request(0, SECOND);
    stay.arrive(2 * SECOND);
    expect(stay.mayHear([0, 0], 3 * SECOND, 3 * SECOND)).toBe(false);
    expect(stay.mayHear([1, 1], 3 * SECOND, 3 * SECOND)).toBe(false);
  });

  it('is written in his packets, with where he is about to go', () => {
    const stay = new Stay();
    stay.request(200, 0);
    stay.arrive(0);
    expect([roomsOf(stay.tag(1_234)), idOf(stay.tag(1_234))]).toEqual([[200, 200], 1_234]);
    stay.announce(3);
    expect([roomsOf(stay.tag(1_234)), stay.sinceUs]).toEqual([[200, 3], Infinity]);
  });
});

describe('what is heard', () => {
  const inRoom = (room: number): Stay => {
    const stay = new Stay();
    stay.request(room, 0);
    stay.arrive(0);
    return stay;
  };
  /** Of number `count` of a stream, that left when it was due. */
  const packet = (id: number, room: number, count: number, atUs = count * 20_000): Buffer =>
    audioPacket(inRoom(room).tag(id), count, atUs);
  const heardOf = (...packets: Buffer[]): ReturnType<typeof nothingHeard> => {
    const ear = new Ear(1, inRoom(1));
    for (const each of packets) ear.take(each, 100 * SECOND);
    return ear.collect();
  };
  const only = (expected: Partial<ReturnType<typeof nothingHeard>>): ReturnType<typeof nothingHeard> => ({
    ...nothingHeard(),
    ...expected,
  });

  it('is nothing to note where all is well, also where the numbers begin anew', () => {
    expect(heardOf(packet(2, 1, 65_534), packet(2, 1, 65_535), packet(2, 1, 65_536))).toEqual(only({ packets: 3 }));
  });

  it.each([
    ['of another room', [packet(2, 2, 0)], { crossTalk: 1 }],
    ['oneself', [packet(1, 1, 0)], { crossTalk: 1 }],
    ['nobody of ours', [Buffer.alloc(60)], { strange: 1 }],
    ['a gap', [packet(2, 1, 0), packet(2, 1, 3)], { missing: 2 }],
    ['one twice', [packet(2, 1, 5), packet(2, 1, 5)], { disordered: 1 }],
    ['one late', [packet(2, 1, 5), packet(2, 1, 6), packet(2, 1, 4)], { disordered: 1 }],
    ['a time that is not that of its sending', [packet(2, 1, 0), packet(2, 1, 1, 3 * SECOND)], { drifted: 1 }],
  ])('notes %s', (_, packets, expected) => {
    expect(heardOf(...packets)).toEqual(only({ packets: packets.length, ...expected }));
  });

  it('notes a timestamp that stands still', () => {
    const second = packet(2, 1, 1);
    second.writeUInt32BE(0, 4);
    expect(heardOf(packet(2, 1, 0), second)).toEqual(only({ packets: 2, backwards: 1 }));
  });

  it('is deafness where somebody talked all the time', () => {
    const report = (id: number, room: number, packets: number, talksSinceUs = Infinity) => ({
      ...{ id, room, sinceUs: 0, talksSinceUs, isUp: true },
      heard: { ...nothingHeard(), packets },
    });
    const talker = report(1, 1, 0, 0);
    expect(deafOf([talker, report(2, 1, 0), report(3, 1, 9), report(4, 2, 0)], 9 * SECOND)).toEqual([report(2, 1, 0)]);
    expect(deafOf([talker, { ...report(2, 1, 0), sinceUs: 8 * SECOND }], 9 * SECOND)).toEqual([]);
    expect(deafOf([talker, { ...report(2, 1, 0), isUp: false }], 9 * SECOND)).toEqual([]);
    expect(deafOf([report(1, 1, 0, 8 * SECOND), report(2, 1, 0)], 9 * SECOND)).toEqual([]);
  });
});

describe('figures', () => {
  it('have a slope that one outlier does not move', () => {
    const line = [0, 1, 2, 3, 4, 5, 6, 7].map((x) => ({ x, y: 100 + 3 * x }));
    expect(slopeOf(line)).toBe(3);
    expect(slopeOf([...line.slice(0, 7), { x: 7, y: 100_000 }])).toBe(3);
    expect(slopeOf([{ x: 1, y: 1 }])).toBeNull();
  });

  it('have quantiles', () => {
    expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1), quantile([], 0.5)]).toEqual([2, 3, null]);
  });
});

const sample = (atMs: number, lagMs = 12, idleLagMs = 11) => ({
  ...{ atMs, rssKb: 100_000, heapKb: 20_000, threads: 60, fds: 80, cores: 0.1, lagMs, idleLagMs, peers: 5 },
  ...{ latencyP50Ms: 1, latencyP99Ms: null },
});
const quiet = (n: number, more = {}) => ({
  ...{
    atMs: n * 60_000,
    connections: 500 + n * 50,
    rssKb: 100_000,
    threads: 15,
    fds: 24,
    collected: { rssKb: 90_000, heapKb: 20_000 },
    left: { remembered: [] },
  },
  ...more,
});

const heavier = (kb: number) => ({ rssKb: 90_000 + kb, heapKb: 20_000 });

describe('the verdict', () => {
  const samples = Array.from({ length: 100 }, (_, n) => sample(200_000 + n * 5_000));
  const quiets = Array.from({ length: 30 }, (_, n) => quiet(n + 1));
  const good = {
    ...{ samples, quiets, warmUp: 2, heard: { ...nothingHeard(), packets: 9 }, dropped: 0 },
    ...{ deaf: [], failures: [], errors: [], exit: null },
  };
  const broken = (seen: Partial<Parameters<typeof verdictOf>[0]>): string[] =>
    verdictOf({ ...good, ...seen })
      .filter(({ isKept }) => isKept === false)
      .map(({ name }) => name);

  it('is that everything was kept', () => {
    expect(verdictOf(good).map(({ isKept }) => isKept)).toEqual(Array(14).fill(true));
    expect(textOf(verdictOf(good))).not.toContain('BROKEN');
  });

  it.each([
    ['packets of another conversation', { heard: { ...nothingHeard(), crossTalk: 1 } }],
    ['sequence numbers missing', { heard: { ...nothingHeard(), missing: 1 } }],
    ['sequence numbers repeated or late', { heard: { ...nothingHeard(), disordered: 1 } }],
    ['timestamps not forward', { heard: { ...nothingHeard(), backwards: 1 } }],
    ['timestamps away from real time', { heard: { ...nothingHeard(), drifted: 1 } }],
    ['members who heard nothing', { deaf: ['ann'] }],
    ['requests that failed', { failures: ['503'] }],
    ['errors in the log or on stderr', { errors: ['fault'] }],
    ['the service ended by itself, or not with status 0', { exit: '70' }],
    ['threads at quiet points', { quiets: [...quiets, quiet(31, { threads: 16 })] }],
    ['fds at quiet points', { quiets: [...quiets, quiet(31, { fds: 25 })] }],
    [
      'quiet points at which somebody was remembered',
      { quiets: [...quiets, quiet(31, { left: { remembered: ['peers'] } })] },
    ],
    ['RSS per connection', { quiets: quiets.map((each, n) => ({ ...each, collected: heavier(n * 51) })) }],
    ['RSS per connection', { quiets: quiets.map((each, n) => ({ ...each, rssKb: n * 51, collected: null })) }],
    ['event loop lag p99, above that of an idle process', { samples: samples.map(({ atMs }) => sample(atMs, 70)) }],
  ])('is broken by: %s', (name, seen) => {
    expect(broken(seen)).toEqual([name]);
  });

  it('does not count garbage', () => {
    expect(broken({ quiets: quiets.map((each, n) => ({ ...each, rssKb: n * 51 })) })).toEqual([]);
  });

  it('does not take what the kernel dropped for a fault of the service', () => {
    const missing = (count: number, dropped: number): string[] =>
      broken({ heard: { ...nothingHeard(), packets: 10_000, missing: count }, dropped });
    const tooMany = ['sequence numbers missing'];
    expect([missing(16, 2), missing(17, 2), missing(100, 90), missing(101, 90)]).toEqual([[], tooMany, [], tooMany]);
  });

  it('does not tell of memory and lag where too little was seen, or the machine was busy', () => {
    const unknown = (seen: Partial<Parameters<typeof verdictOf>[0]>): string[] =>
      verdictOf({ ...good, ...seen })
        .filter(({ isKept }) => isKept === null)
        .map(({ name }) => name);
    expect(unknown({ quiets: quiets.slice(0, 10) })).toEqual(['RSS per connection']);
    expect(unknown({ quiets: quiets.slice(0, 2) })).toContain('threads at quiet points');
    expect(unknown({ samples: samples.map(({ atMs }) => sample(atMs, 900, 100)) })).toEqual([
      'event loop lag p99, above that of an idle process',
    ]);
  });
});

describe('the plot', () => {
  it('has a panel with its curves for each thing that is watched', () => {
    const svg = plotOf(panelsOf([sample(0), sample(60_000)], [quiet(1)]));
    for (const title of ['Memory, MB', 'Threads', 'File descriptors', 'Event loop lag', 'From client to client']) {
      expect(svg).toContain(title);
    }
    expect(svg.match(/<path d="M[^"]*" fill="none"/g)?.length).toBe(10);
    expect(svg).not.toContain('NaN');
  });

  it('leaves a gap where nothing is known', () => {
    const svg = plotOf([
      { title: 'a', unit: 'b<', lines: [{ name: 'c', points: [1, null, 2].map((y, x) => ({ x, y })) }] },
    ]);
    expect(svg).toMatch(/d="M[\d. ]+M[\d. ]+" fill="none"/);
    expect(svg).toContain('b&lt;');
  });

  it('keeps what stands out of many points', () => {
    const points = Array.from({ length: 1_000 }, (_, x) => ({ x, y: x === 501 ? 9 : 1 }));
    expect(thin(points, 100)).toHaveLength(100);
    expect(thin(points, 100)).toContainEqual({ x: 501, y: 9 });
  });

  it('has scales that end with a round number', () => {
    expect([0, 0.3, 1, 1.1, 23, 99].map(niceAbove)).toEqual([1, 0.5, 1, 2, 50, 100]);
  });
});
