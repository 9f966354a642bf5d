import fc from 'fast-check';
import { advance, newLine, TUNING, videosOf, type Line } from '../../../../src/conversation/congestion/line.ts';
import type { LineFigures } from '../../../../src/media/types.ts';

const SECOND = 1_000;
const GOOD: LineFigures = { loss: 0, queueMs: 0 };
const LOSSY: LineFigures = { loss: 0.2, queueMs: 0 };
const HEAVY: LineFigures = { loss: 0.4, queueMs: 0 };
const NOTHING: LineFigures = { loss: null, queueMs: null };

/** A line that is looked at each second, of a receiver with so many video slots, which fills what it may. */
class Looked {
  line: Line = newLine(0);
  now = 0;
  readonly slots: number;

  constructor(slots: number) {
    this.slots = slots;
  }

  get videos(): number {
    return videosOf(this.line) ?? this.slots;
  }

  /** What it got after each second. */
  see(figures: LineFigures, seconds: number): number[] {
    return Array.from({ length: seconds }, () => {
      this.now += SECOND;
      this.line = advance(this.line, figures, { all: this.slots, filled: this.videos }, this.now);
      return this.videos;
    });
  }

  /** Seconds until it gets everything. */
  recover(): number {
    for (let seconds = 1; seconds < 1000; seconds++) {
      this.see(GOOD, 1);
      if (this.line.state === 'open') return seconds;
    }
    throw new Error('it never recovers');
  }
}

describe('a line that is congested', () => {
  it('gets half of its video each time that it was for two seconds, then none', () => {
    expect(new Looked(8).see(LOSSY, 9)).toEqual([8, 8, 4, 4, 2, 2, 1, 1, 0]);
    expect(new Looked(1).see(LOSSY, 4)).toEqual([1, 1, 0, 0]);
  });

  it('gets none at once where audio is at stake', () => {
    expect(new Looked(8).see(HEAVY, 4)).toEqual([8, 8, 0, 0]);
    expect(new Looked(8).see({ loss: 0, queueMs: 1_500 }, 3)).toEqual([8, 8, 0]);
  });

  it('is so by what stands in a queue as well as by what is lost', () => {
    expect(new Looked(4).see({ loss: 0, queueMs: 300 }, 3)).toEqual([4, 4, 2]);
    expect(new Looked(4).see({ loss: null, queueMs: 300 }, 3)).toEqual([4, 4, 2]);
  });

  it('is not by a moment: what a break loses shows once or twice', () => {
    const line = new Looked(4);
    for (let i = 0; i < 20; i++) {
      line.see(HEAVY, 2);
      expect(line.see(GOOD, 2)).toEqual([4, 4]);
    }
  });

  it('has nothing taken away where there is nothing', () => {
    expect(advance(newLine(0), HEAVY, { all: 4, filled: 0 }, 60_000)).toMatchObject({ state: 'open' });
  });
});

describe('a line that is good again', () => {
  it('gets one video after five seconds, then twice as many, then all', () => {
    const line = new Looked(8);
    line.see(HEAVY, 3);
    expect(line.see(GOOD, 22)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 8, 8]);
    expect(line.line.state).toBe('open');
  });

  it('gets all where that is one, and where more would not be used', () => {
    const one = new Looked(1);
    one.see(HEAVY, 3);
    expect(one.recover()).toBe(6);
    const thinned: Line = { ...newLine(0), state: 'thinned', videos: 2 };
    expect(advance(thinned, GOOD, { all: 8, filled: 1 }, 5_000)).toMatchObject({ state: 'open' });
    expect(advance(thinned, GOOD, { all: 8, filled: 2 }, 5_000)).toMatchObject({ state: 'thinned', videos: 4 });
  });

  it('is tried where nobody tells anything, since nothing is sent', () => {
    const line = new Looked(1);
    line.see(HEAVY, 3);
    expect(line.see(NOTHING, 7).at(-1)).toBe(1);
  });

  it('is not while it is neither good nor bad', () => {
    const line = new Looked(4);
    line.see(LOSSY, 3);
    expect(new Set(line.see({ loss: 0.12, queueMs: 0 }, 60))).toEqual(new Set([2]));
    expect(new Set(line.see({ loss: 0, queueMs: 200 }, 60))).toEqual(new Set([2]));
  });
});

describe('a line that does not carry what it is given', () => {
  it('loses it with the first look that finds so in five seconds, and like any other after that', () => {
    const raised = (): Looked => {
      const line = new Looked(4);
      line.see(LOSSY, 6);
      expect(line.see(GOOD, 6).at(-1)).toBe(2);
      return line;
    };
    expect(raised().see(LOSSY, 3)).toEqual([1, 1, 0]);
    const older = raised();
    older.see({ loss: 0.12, queueMs: 0 }, 5);
    expect(older.see(LOSSY, 3)).toEqual([2, 2, 1]);
  });

  it('is tried less and less often, and as at first after it has carried all for a minute', () => {
    const line = new Looked(1);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      line.see(HEAVY, 3);
      expect(line.videos).toBe(0);
      waits.push(line.recover());
    }
    expect(waits).toEqual([6, 11, 21, 41, 81, 81, 81]);
    line.see(GOOD, 60);
    line.see(HEAVY, 3);
    expect(line.recover()).toBe(6);
  });
});

/** Weeks of any weather: whatever it was, what a line gets follows from it. */
const figures: fc.Arbitrary<LineFigures> = fc.record({
  loss: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  queueMs: fc.option(fc.nat(3_000)),
});
const spells = fc.array(fc.record({ figures, seconds: fc.integer({ min: 1, max: 30 }) }), { maxLength: 12 });

describe('whatever happened before', () => {
  const afterwards = (slots: number, weather: readonly { figures: LineFigures; seconds: number }[]): Looked => {
    const line = new Looked(slots);
    for (const spell of weather) line.see(spell.figures, spell.seconds);
    return line;
  };

  it('a line that is heavily congested for three seconds has no video, and one that is good for long has all', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), spells, (slots, weather) => {
        const line = afterwards(slots, weather);
        expect(line.see(HEAVY, 3).at(-1)).toBe(0);
        const steps = Math.ceil(Math.log2(slots)) + 2;
        line.see(GOOD, (steps * TUNING.maxPatienceMs) / SECOND);
        expect(line.line.state).toBe('open');
      }),
    ));

  it('between two changes are two seconds, five before it gets more, and a step is a half, or twice as much', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), spells, (slots, weather) => {
        const line = new Looked(slots);
        let [before, changed, grew] = [slots, 0, false];
        for (const spell of weather) {
          for (let i = 0; i < spell.seconds; i++) {
            const [now = 0] = line.see(spell.figures, 1);
            if (now === before) continue;
            const least = now > before ? TUNING.patienceMs : grew ? SECOND : TUNING.badMs;
            expect(line.now - changed).toBeGreaterThanOrEqual(least);
            if (now < before) expect([0, Math.floor(before / 2)]).toContain(now);
            else expect(now).toBeLessThanOrEqual(Math.max(1, before * 2));
            [before, changed, grew] = [now, line.now, now > before];
          }
        }
      }),
    ));
});
