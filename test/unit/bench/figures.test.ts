import { Latencies, median, overload, pairsOf, summarize } from '../../../bench/lib/figures.mjs';
import { audioPacket, kindOf, readStamp, videoPacket } from '../../../bench/lib/packets.mjs';
import { SCENARIOS, floorOf, forwards, scenario } from '../../../bench/lib/scenarios.mjs';
import { Tally } from '../../../bench/lib/tally.mjs';
import { table } from '../../../bench/lib/report.mjs';

/** What `npm run bench` computes; that it can be run at all is seen in test/long/bench.test.ts. */

describe('a packet', () => {
  it.each([
    ['audio', audioPacket],
    ['video', videoPacket],
  ] as const)('of %s says whose it is, which, and when it left', (kind, make) => {
    const packet = make(7, 70_000, 123_456_789.5);
    expect(readStamp(packet)).toEqual({ publisher: 7, count: 70_000, atUs: 123_456_789.5 });
    expect(kindOf(packet)).toBe(kind);
    expect(packet.readUInt16BE(2)).toBe(70_000 % 65_536);
  });

  it('of somebody else says nothing', () => {
    expect(readStamp(Buffer.alloc(100))).toBeNull();
    expect(readStamp(Buffer.alloc(12))).toBeNull();
  });

  it('of video begins a frame every third time, and a key frame every second', () => {
    const starts = Array.from({ length: 180 }, (_, count) => videoPacket(1, count, 0)).map((packet) => ({
      isStart: (packet[12]! & 0x10) !== 0,
      isKey: (packet[12]! & 0x10) !== 0 && (packet[16]! & 0x01) === 0,
      isEnd: (packet[1]! & 0x80) !== 0,
    }));
    expect(starts.flatMap(({ isStart }, n) => (isStart ? [n] : []))).toEqual(
      Array.from({ length: 60 }, (_, frame) => frame * 3),
    );
    expect(starts.flatMap(({ isKey }, n) => (isKey ? [n] : []))).toEqual([0, 90]);
    expect(starts.filter(({ isEnd }) => isEnd)).toHaveLength(60);
  });
});

describe('the tally', () => {
  const heard = (receiver: number, counts: readonly number[], tally: Tally): void => {
    for (const count of counts) tally.take(receiver, audioPacket(1, count, 1_000), 3_000);
  };

  it('finds what was lost and what came twice among what was sent in the window', () => {
    const tally = new Tally();
    heard(2, [8, 9], tally);
    tally.open();
    heard(2, [10, 11, 11, 13, 14], tally);
    const { forwarded, latencies } = tally.close();
    heard(2, [15], tally);
    expect(forwarded).toBe(5);
    expect(latencies).toEqual([[2_000, 5]]);
    const range = { receiver: 2, publisher: 1, kind: 'audio', from: 10, to: 16 };
    expect(tally.compare([range])).toEqual({ expected: 6, lost: 1, duplicated: 1 });
  });

  it('counts a publisher that was never heard as lost', () => {
    const tally = new Tally();
    tally.open();
    const range = { receiver: 2, publisher: 3, kind: 'video', from: 0, to: 40 };
    expect(tally.compare([range])).toEqual({ expected: 40, lost: 40, duplicated: 0 });
  });
});

describe('figures', () => {
  it('have quantiles of latencies, to 10 µs', () => {
    const latencies = new Latencies();
    expect(latencies.quantileUs(0.5)).toBeNull();
    for (let us = 5; us < 10_000; us += 10) latencies.add(us);
    expect([0.5, 0.95, 0.99].map((q) => latencies.quantileUs(q))).toEqual([5_005, 9_505, 9_905]);
    const other = new Latencies();
    for (const [us, times] of latencies.entries()) other.add(us, times);
    expect(other.quantileUs(0.99)).toBe(9_905);
    other.add(10_000_000, 1_000_000);
    expect(other.quantileUs(0.99)).toBe(500_005);
  });

  it('have medians', () => {
    expect([median([]), median([null, 3]), median([9, 1, 5]), median([4, 2])]).toEqual([null, 3, 5, 3]);
  });

  it('are not told of clients that took nearly all cores, or did not send what they should', () => {
    const load = { clientCores: 1.5, cores: 2, sent: 100, planned: 100 };
    expect(overload(load)).toBeNull();
    expect(overload({ ...load, clientCores: 1.9 })).toBe('clients took 1.90 of 2 cores');
    expect(overload({ ...load, sent: 94 })).toBe('clients sent 94 % of what they should');
    expect(overload({ ...load, sent: 0, planned: 0 })).toBeNull();
  });

  it('are medians of the runs that were not overloaded, with ratios to webrtcbin, to Janus and to the floor', () => {
    const of = (server: string, cpuUsPerPacket: number, why: string | null = null) => ({
      ...{ scenario: 'a', server, cpuUsPerPacket, overload: why, peers: 10 },
    });
    const runs = [
      of('webrtcbin', 60),
      of('direct', 20),
      of('direct', 30),
      of('webrtcbin', 900, 'why'),
      of('webrtcbin', 40),
      of('janus', 100),
    ];
    expect(summarize(runs)).toMatchObject([
      { server: 'webrtcbin', rounds: 2, cpuUsPerPacket: 50, ratios: { webrtcbin: 1, janus: 0.5, floor: null } },
      { server: 'direct', rounds: 2, cpuUsPerPacket: 25, ratios: { webrtcbin: 0.5, janus: 0.25, floor: null } },
      { server: 'janus', rounds: 1, cpuUsPerPacket: 100, ratios: { webrtcbin: 2, janus: 1, floor: null } },
    ]);
  });

  it('are sums where a median would hide what happened in one round', () => {
    const of = (lost: number) => ({ scenario: 'a', server: 'direct', overload: null, lost, expected: 100 });
    expect(summarize([of(0), of(5), of(0)])).toMatchObject([{ lost: 5, expected: 300, duplicated: null }]);
  });

  it('are left out of the table where every run was overloaded', () => {
    const run = {
      scenario: 'a',
      server: 'direct',
      cpuUsPerPacket: 61.234,
      overload: 'clients took 1.90 of 2 cores',
      peers: 2,
    };
    const text = table(summarize([run]).map((row) => ({ title: 'A', ...row })));
    expect(text).toContain('overloaded: clients took 1.90 of 2 cores');
    expect(text).not.toContain('61.2');
    expect(table(summarize([{ ...run, overload: null }]).map((row) => ({ title: 'A', ...row })))).toContain('61.2');
  });
});

describe('scenarios', () => {
  it('are of the size their names say', () => {
    const sizes = SCENARIOS.map((name) => {
      const { title, members } = scenario(name, 1);
      return [title, members.length, pairsOf(members).length];
    });
    expect(sizes).toEqual([
      ['10×9 audio', 10, 90],
      ['10 rooms × 4 audio', 40, 120],
      ['1→50 audio', 51, 50],
      ['4-way audio and video', 4, 24],
      ['1→40 video', 41, 40],
      ['40 idle listeners', 40, 0],
    ]);
  });

  it('can be made smaller, down to two', () => {
    expect(scenario('audio-room', 0.5).members).toHaveLength(5);
    expect(scenario('audio-room', 0.001).members).toHaveLength(2);
    expect(() => scenario('nothing', 1)).toThrow('no such scenario: nothing');
  });

  it('give everybody a slot for everybody he is to hear', () => {
    for (const { members } of SCENARIOS.map((name) => scenario(name, 1))) {
      for (const { id, sends, slots } of members) {
        for (const kind of ['audio', 'video'] as const) {
          const heard = pairsOf(members).filter((pair) => pair.receiver === id && pair.kind === kind);
          expect(heard.length).toBeLessThanOrEqual(slots[kind] + (sends.includes(kind) ? 1 : 0));
        }
      }
    }
  });

  it('have something for Janus to do but where nobody sends', () => {
    const silent = SCENARIOS.filter((name) => !forwards(scenario(name, 1).members));
    expect(silent).toEqual(['idle']);
  });

  it('have a floor where packets of one kind are forwarded', () => {
    expect(SCENARIOS.map((name) => floorOf(scenario(name, 1).members))).toEqual([
      { publishers: 10, receivers: 9, kind: 'audio' },
      { publishers: 40, receivers: 3, kind: 'audio' },
      { publishers: 1, receivers: 50, kind: 'audio' },
      null,
      { publishers: 1, receivers: 40, kind: 'video' },
      null,
    ]);
  });
});
