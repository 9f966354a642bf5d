import fc from 'fast-check';
import { arrange, GAP, SMALLEST } from '../../../../demo/page/call/layout.js';

const PHONE = { width: 374, height: 640 };
const DESKTOP = { width: 1888, height: 920 };

const narrowestOn = ({ width, height }: { width: number; height: number }): number => (height > width ? 1 : 4 / 3);

type Rect = ReturnType<typeof arrange>['tiles'][number];
const areApart = (one: Rect, other: Rect): boolean =>
  one.x + one.width < other.x ||
  other.x + other.width < one.x ||
  one.y + one.height < other.y ||
  other.y + other.height < one.y;

const stages = fc.record({
  width: fc.integer({ min: 300, max: 2600 }),
  height: fc.integer({ min: 240, max: 1600 }),
  count: fc.integer({ min: 1, max: 40 }),
  spotlight: fc.boolean(),
});

describe('the layout of the tiles', () => {
  it('gives everybody a tile within the stage, and no two of them touch', () => {
    fc.assert(
      fc.property(stages, (stage) => {
        const { tiles, height } = arrange(stage);
        expect(tiles).toHaveLength(stage.count);
        const outside = tiles.filter(
          ({ x, y, width, height: h }) => x < 0 || y < 0 || x + width > stage.width || y + h > height,
        );
        const touching = tiles.flatMap((one, index) =>
          tiles
            .slice(index + 1)
            .filter((other) => !areApart(one, other))
            .map((other) => [one, other]),
        );
        expect({ outside, touching }).toEqual({ outside: [], touching: [] });
      }),
    );
  });

  it('keeps every tile but the large one between 4:3 (on a high stage 1:1) and 16:9, and large enough for a name', () => {
    fc.assert(
      fc.property(stages, (stage) => {
        const { tiles } = arrange(stage);
        const small = stage.spotlight ? tiles.slice(1) : tiles;
        // Whole pixels: up to one is missing on either side.
        const wrong = small.filter(
          ({ width, height }) =>
            width < SMALLEST.width ||
            height < SMALLEST.height ||
            (width + 1) / (height - 1) <= narrowestOn(stage) ||
            (width - 1) / (height + 1) >= 16 / 9,
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('finds the number of columns with the largest tiles, and scrolls only where all are too small', () => {
    fc.assert(
      fc.property(stages, (stage) => {
        const { tiles, height } = arrange({ ...stage, spotlight: false });
        const possible = Array.from({ length: stage.count }, (_, index) => {
          const columns = index + 1;
          const rows = Math.ceil(stage.count / columns);
          const [w, h] = [(stage.width - GAP * (columns - 1)) / columns, (stage.height - GAP * (rows - 1)) / rows];
          return [Math.floor(Math.min(w, (h * 16) / 9)), Math.floor(Math.min(h, w / narrowestOn(stage)))] as const;
        }).filter(([w, h]) => w >= SMALLEST.width && h >= SMALLEST.height);
        if (possible.length === 0) return;
        expect(height).toBe(stage.height);
        expect(tiles[0]!.width * tiles[0]!.height).toBe(Math.max(...possible.map(([w, h]) => w * h)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [PHONE, 1, 1],
    [PHONE, 2, 1],
    [PHONE, 5, 2],
    [PHONE, 12, 2],
    [DESKTOP, 1, 1],
    [DESKTOP, 2, 2],
    [DESKTOP, 5, 3],
    [DESKTOP, 12, 4],
    [DESKTOP, 30, 6],
  ])('in %j puts %d into %d columns', (stage, count, columns) => {
    const { tiles, height } = arrange({ ...stage, count });
    expect(tiles.filter(({ y }) => y === tiles[0]?.y)).toHaveLength(columns);
    expect(height).toBe(stage.height);
  });

  it('scrolls where thirty are on a phone', () => {
    const { tiles, height } = arrange({ ...PHONE, count: 30 });
    expect(height).toBeGreaterThan(PHONE.height);
    expect(tiles[0]?.width).toBeGreaterThanOrEqual(SMALLEST.width);
  });

  it('gives the first the most of the stage where there is a spotlight', () => {
    for (const stage of [PHONE, DESKTOP]) {
      const { tiles } = arrange({ ...stage, count: 6, spotlight: true });
      const [main, ...others] = tiles.map(({ width, height }) => width * height);
      expect(main).toBeGreaterThan(stage.width * stage.height * 0.5);
      expect(main).toBeGreaterThan(Math.max(...others) * 4);
    }
  });

  it('has nothing to do for nobody', () => {
    expect(arrange({ ...PHONE, count: 0 })).toEqual({ tiles: [], height: PHONE.height });
  });
});
