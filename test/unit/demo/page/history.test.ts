import { LENGTH, lineOf, pushed, topOf } from '../../../../demo/page/nerds/history.js';

const AREA = { width: LENGTH - 1, height: 10, top: 100 };

describe('the last minute', () => {
  it('is kept, and no more', () => {
    let values: (number | null)[] = [];
    for (let second = 0; second < LENGTH + 5; second += 1) values = pushed(values, second);
    expect(values).toHaveLength(LENGTH);
    expect([values[0], values.at(-1)]).toEqual([5, LENGTH + 4]);
  });
});

describe('the line', () => {
  it('ends at the right edge, with zero below and the top above', () => {
    expect(lineOf([0, 50, 100], AREA)).toBe('M57.0 10.0L58.0 5.0L59.0 0.0');
  });

  it('breaks where nothing is known, and stays below the top', () => {
    expect(lineOf([null, 1000, null, 0], AREA)).toBe('M57.0 0.0M59.0 10.0');
    expect(lineOf([], AREA)).toBe('');
  });
});

describe('the upper edge', () => {
  it.each([
    [[], 10, 10],
    [[3, null], 1, 5],
    [[11], 10, 20],
    [[480], 100, 500],
    [[501], 100, 1000],
    [[0.02], 0.01, 0.02],
  ])('of %j, at least %d, is %d', (values, least, top) => expect(topOf(values, least)).toBeCloseTo(top, 9));
});
