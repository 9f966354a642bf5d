import { Listening } from '../../../src/conversation/listening.ts';
import { Seats } from '../../../src/conversation/seats.ts';
import { TICK_MS } from '../../../src/conversation/ticker.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import type { FakeGraph } from '../../../src/media/fake/graph.ts';
import type { Track, TrackLevel } from '../../../src/media/types.ts';
import { member, silence, trackOf, voice } from '../../support/members.ts';

/** A gate that throws for one track. */
class Gates {
  readonly calls: [track: Track, dBov: number | null][] = [];
  failing: Track | null = null;
  readonly graph: FakeGraph;
  constructor(graph: FakeGraph) {
    this.graph = graph;
  }
  gate(track: Track, dBov: number | null): void {
    this.calls.push([track, dBov]);
    if (track === this.failing) throw new Error('no gate');
    this.graph.gate(track, dBov);
  }
  takeLevels(tracks: readonly Track[]): readonly TrackLevel[] {
    return this.graph.takeLevels(tracks);
  }
}

describe('Listening', () => {
  let plane: FakeMediaPlane;
  let gates: Gates;
  let faults: unknown[];
  let listening: Listening;
  let seats: Seats;
  let now: number;
  beforeEach(() => {
    plane = new FakeMediaPlane();
    gates = new Gates(plane.openGraph());
    faults = [];
    listening = new Listening(gates, (error) => faults.push(error));
    seats = new Seats();
    now = 0;
  });
  afterEach(() => expect(faults).toEqual([]));

  const seat = (name: string, ...sections: Parameters<typeof member>[2][]): Member => {
    const each = member(plane, name, ...sections);
    seats.add(each);
    return each;
  };
  const tick = (...levels: TrackLevel[]): boolean => {
    for (const level of levels) gates.graph.publish(level);
    now += TICK_MS;
    return listening.tick(seats.company, now);
  };
  const talk = (ticks: number, speaker: Track, ...others: Track[]): void => {
    for (let i = 0; i < ticks; i++) tick(voice(speaker, i), ...others.map(silence));
  };

  it('says whether anything has changed', () => {
    const [a, b] = [trackOf(seat('a'), 'audio'), trackOf(seat('b'), 'audio')];
    tick();
    expect(tick()).toBe(false);
    const { speech } = listening;
    expect(tick()).toBe(false);
    expect(listening.speech).toBe(speech);
    let changes = 0;
    for (let i = 0; i < 10; i++) changes += tick(voice(a, i), silence(b)) ? 1 : 0;
    expect(changes).toBeGreaterThan(0);
    expect(listening.speech.speaking).toEqual([a.peer]);
  });

  it('drops what was sent before anybody listened', () => {
    const [a, b] = [seat('a'), seat('b')];
    const [early, other] = [trackOf(a, 'audio'), trackOf(b, 'audio')];
    gates.graph.publish({ ...voice(early, 0), packets: 90_000, levels: Array<number>(32).fill(-20) });
    gates.graph.publish(voice(other, 0));
    listening.begin([a]);
    expect(gates.takeLevels([early])).toEqual([]);
    expect(gates.takeLevels([other])).toHaveLength(1);
  });

  describe('gates', () => {
    it('are set for those who are silent beside a speaker, and taken away when nobody speaks', () => {
      const [a, b] = [trackOf(seat('a'), 'audio'), trackOf(seat('b'), 'audio')];
      talk(40, a, b);
      expect([...gates.graph.gates.keys()]).toEqual([b]);
      expect(gates.graph.gates.get(b)).toBe(listening.speech.gates.get(b.peer));
      for (let i = 0; i < 60; i++) tick(silence(a), silence(b));
      expect(gates.graph.gates.size).toBe(0);
    });

    it('are set once, not in every tick', () => {
      const [a, b] = [trackOf(seat('a'), 'audio'), trackOf(seat('b'), 'audio')];
      talk(80, a, b);
      expect(gates.calls.length).toBeLessThan(4);
      expect(gates.calls.length).toBeGreaterThan(0);
    });

    it('are set on every audio track of a device', () => {
      const [a, b] = [seat('a'), seat('b', 'audio both', 'audio publish', 'video both')];
      talk(40, trackOf(a, 'audio'), trackOf(b, 'audio'));
      expect([...gates.graph.gates.keys()]).toEqual(b.tracks.slice(0, 2));
    });

    it('go with whoever leaves, and all of them with the end', () => {
      const [a, b, c] = [seat('a'), seat('b'), seat('c')];
      talk(40, trackOf(a, 'audio'), trackOf(b, 'audio'), trackOf(c, 'audio'));
      expect(gates.graph.gates.size).toBe(2);
      seats.remove(b.id);
      listening.remove(b);
      expect([...gates.graph.gates.keys()]).toEqual([trackOf(c, 'audio')]);
      listening.reset();
      expect(gates.graph.gates.size).toBe(0);
      expect(listening.speech.speaking).toEqual([]);
    });

    it('are set again for somebody who was away for less than a tick', () => {
      const [a, b] = [seat('a'), seat('b')];
      talk(40, trackOf(a, 'audio'), trackOf(b, 'audio'));
      const { gates: before } = listening.speech;
      seats.remove(b.id);
      listening.remove(b);
      seats.add(b);
      expect(gates.graph.gates.size).toBe(0);
      talk(1, trackOf(a, 'audio'), trackOf(b, 'audio'));
      expect(listening.speech.gates).toBe(before);
      expect([...gates.graph.gates.keys()]).toEqual([trackOf(b, 'audio')]);
    });

    it('that cannot be taken away are forgotten: the track is at its end', () => {
      const [a, b] = [seat('a'), seat('b')];
      talk(40, trackOf(a, 'audio'), trackOf(b, 'audio'));
      gates.failing = trackOf(b, 'audio');
      listening.remove(b);
      expect(faults.splice(0)).toEqual([new Error('no gate')]);
      listening.reset();
      expect(faults).toEqual([]);
    });

    it('that cannot be set are tried again with the next change; the others are set', () => {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => trackOf(seat(name), 'audio')) as [Track, Track, Track];
      gates.failing = b;
      talk(40, a, b, c);
      expect(faults.splice(0).length).toBeGreaterThan(0);
      expect([...gates.graph.gates.keys()]).toEqual([c]);
      gates.failing = null;
      for (let i = 0; i < 60; i++) tick(silence(a), silence(b), silence(c));
      talk(40, a, b, c);
      expect(gates.graph.gates.has(b)).toBe(true);
    });
  });

  it('takes several tracks of a device for one voice', () => {
    const [a, b] = [seat('a', 'audio both', 'audio publish'), seat('b')];
    const [microphone, second] = a.tracks as [Track, Track];
    const half = (track: Track, i: number, odd: number): TrackLevel => ({
      ...voice(track, i),
      levels: voice(track, i).levels.map((level, n) => (n % 2 === odd ? level : -90)),
    });
    for (let i = 0; i < 20; i++) tick(half(microphone, i, 0), half(second, i, 1), silence(trackOf(b, 'audio')));
    expect(listening.speech.speaking).toEqual([a.id]);
  });

  it('hands how somebody spoke over to another connection of the same device', () => {
    const [a, b] = [seat('a'), seat('b')];
    talk(20, trackOf(b, 'audio'), trackOf(a, 'audio'));
    const next = member(plane, 'b');
    seats.replace(b.id, next);
    listening.handOver(b, next);
    const { heard, seen, speaking } = listening.speech;
    expect([heard[0], seen[0], speaking]).toEqual([next.id, next.id, [next.id]]);
    tick(silence(trackOf(a, 'audio')));
    expect(listening.speech.heard[0]).toBe(next.id);
    expect(gates.graph.gates.has(trackOf(b, 'audio'))).toBe(false);
  });

  it('says what the media plane throws and goes on', () => {
    const broken = {
      gate: () => undefined,
      takeLevels: () => {
        throw new Error('no levels');
      },
    };
    const deaf = new Listening(broken, (error) => faults.push(error));
    seat('a');
    deaf.begin(seats.company.members);
    expect(deaf.speech.heard).toEqual([]);
    deaf.tick(seats.company, 100);
    expect(faults.splice(0)).toEqual([new Error('no levels'), new Error('no levels')]);
  });
});
