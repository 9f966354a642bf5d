import { newPublisher, type Publisher } from '../../../../src/conversation/speech/publisher.ts';
import { dominates, scoresOf, scoreTable } from '../../../../src/conversation/speech/scores.ts';
import { TUNING } from '../../../../src/conversation/speech/tuning.ts';
import { floorAfterSilence, gateOver, nextFloor } from '../../../../src/conversation/speech/floor.ts';

const bits = (ones: number): number => (ones === 32 ? -1 : (1 << ones) - 1);

/** So many steps above the floor, loud frames, active blocks. */
const publisher = (bands: number, frames: number, blocks: number): Publisher => ({
  ...newPublisher(0),
  bands,
  frames: bits(frames),
  blocks: bits(blocks),
});

describe('scores', () => {
  it.each([
    [TUNING.bands, TUNING.immediateDecay],
    [TUNING.mediumFrames, TUNING.mediumDecay],
    [TUNING.longBlocks, TUNING.longDecay],
  ])('of %i parts never fall with activity, and are never 0', (parts, decay) => {
    const table = scoreTable(parts, decay);
    expect(table).toHaveLength(parts + 1);
    table.forEach((score, i) => expect(score).toBeGreaterThanOrEqual(table[i - 1] ?? 1e-10));
    expect(table[0]).toBe(1e-10);
    expect(table.at(-1)).toBeGreaterThan(1);
  });

  it('are the logarithm of the likelihood ratio', () => {
    // ln C(13,5) + 13 ln 0.5 - ln 0.78 + 0.78 * 5
    expect(scoreTable(13, 0.78)[5]).toBeCloseTo(Math.log(1287) - 13 * Math.LN2 - Math.log(0.78) + 3.9, 6);
  });

  it('are of the windows of a publisher', () => {
    const loud = scoresOf(publisher(9, 15, 32));
    const quiet = scoresOf(publisher(0, 0, 0));
    expect(Object.values(loud).every((score) => score > 1)).toBe(true);
    expect(Object.values(quiet)).toEqual([1e-10, 1e-10, 1e-10]);
    expect(scoresOf(publisher(9, 32, 32))).toEqual(loud);
  });
});

describe('one who speaks', () => {
  const steady = publisher(9, 15, 20);

  it.each([
    ['somebody who is silent', publisher(0, 0, 0), true],
    ['somebody who spoke less, and is silent just now', publisher(0, 2, 12), true],
    ['somebody who spoke as long, in a pause', publisher(0, 2, 24), false],
    ['somebody who speaks', publisher(8, 14, 12), false],
    ['somebody who is silent only just now', publisher(0, 10, 12), false],
    ['himself', steady, false],
  ])('against %s', (_, other, wins) => {
    expect(dominates(steady, other)).toBe(wins);
    expect(dominates(other, steady)).toBe(false);
  });

  it('needs a second of speech', () => {
    const silent = publisher(0, 0, 0);
    expect(dominates(publisher(9, 15, 8), silent)).toBe(false);
    expect(dominates(publisher(9, 15, 9), silent)).toBe(true);
  });
});

describe('the noise floor', () => {
  const after = (floor: number, levels: readonly number[]): number => levels.reduce(nextFloor, floor);
  const seconds = (count: number, level: number): number[] => new Array<number>(count * 50).fill(level);

  it('begins with what comes first', () => {
    expect(nextFloor(NaN, -60)).toBe(-60);
    expect(nextFloor(NaN, -10)).toBe(TUNING.floorFirst);
    expect(nextFloor(NaN, -127)).toBe(TUNING.floorMin);
  });

  it('rises slowly and falls at once, and never below -70 dBov', () => {
    expect(after(-70, seconds(4, -12))).toBeCloseTo(-54, 6);
    expect(after(-70, seconds(20, -12))).toBe(-12);
    expect(after(-12, seconds(1, -80))).toBe(-70);
    expect(after(-12, new Array<number>(5).fill(-80))).toBe(-22);
  });

  it('leaves room for speech for 10 s', () => {
    expect(-10 - after(-70, seconds(11, -10))).toBeGreaterThanOrEqual(TUNING.speechMargin);
  });

  it('is that of the noise, whatever is said over it', () => {
    const cycle = [...new Array<number>(30).fill(-20), ...new Array<number>(10).fill(-50)];
    let floor = -50;
    for (let i = 0; i < 50; i++) floor = after(floor, cycle);
    expect(floor).toBe(-50);
  });

  it('falls with silence of who sends no levels', () => {
    expect(floorAfterSilence(-40, 5)).toBe(-50);
    expect(floorAfterSilence(-40, 500)).toBe(-70);
  });

  it('carries the gate', () => {
    expect([-70, -65, -50.4, -38, -10].map(gateOver)).toEqual([-60, -56, -41, -30, -30]);
  });
});
