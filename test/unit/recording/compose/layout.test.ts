import fc from 'fast-check';
import { layoutOf, rectOf, type Cell } from '../../../../src/recording/compose/layout.ts';
import { piece, timeline } from './support.ts';

const names = (cells: readonly Cell[]): string[][] => cells.map(({ tiles }) => tiles.map(({ name }) => name));

describe('who is in which cell', () => {
  it('everybody who is there at once has one, with a camera or without', () => {
    const cells = layoutOf(timeline({ ann: [[0, 9]], ben: [[2, 9]] }, [piece('ann', 'video', 0, 9)]), 1280, 720);
    expect(names(cells)).toEqual([['ann'], ['ben']]);
    expect(cells.map(({ tiles }) => tiles[0]!.pieces.length)).toEqual([1, 0]);
  });

  it('who leaves makes room, and nobody else moves', () => {
    const cells = layoutOf(timeline({ ann: [[0, 3]], ben: [[1, 9]], cid: [[4, 9]] }), 1280, 720);
    expect(names(cells)).toEqual([['ann', 'cid'], ['ben']]);
  });

  it('who comes back has his old place where it is free', () => {
    const back = timeline({
      ann: [
        [0, 3],
        [7, 9],
      ],
      ben: [
        [1, 4],
        [5, 9],
      ],
    });
    expect(names(layoutOf(back, 1280, 720))).toEqual([
      ['ann', 'ann'],
      ['ben', 'ben'],
    ]);
    const taken = timeline({
      ann: [
        [0, 3],
        [7, 9],
      ],
      ben: [[1, 6]],
      cid: [[4, 9]],
    });
    expect(names(layoutOf(taken, 1280, 720))).toEqual([
      ['ann', 'cid'],
      ['ben', 'ann'],
    ]);
  });

  it('who sends two pictures at once has two, the second while it is sent', () => {
    const pieces = [piece('ann', 'video', 0, 9), piece('ann', 'video', 3, 5), piece('ann', 'video', 5, 6)];
    const cells = layoutOf(timeline({ ann: [[0, 9]] }, pieces), 1280, 720);
    expect(cells.map(({ tiles }) => tiles)).toMatchObject([
      [{ name: 'ann', startMs: 0, endMs: 9000, pieces: [pieces[0]] }],
      [{ name: 'ann, 2', startMs: 3000, endMs: 6000, pieces: [pieces[1], pieces[2]] }],
    ]);
  });

  it('has no two people in one cell at a time, and no more cells than people at once', () => {
    const stays = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 10 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(stays, (times) => {
        const people = Object.fromEntries(
          times.map(([from, length], n) => [`p${n}`, [[from, from + length]] as const]),
        );
        const cells = layoutOf(timeline(people), 1280, 720);
        for (const { tiles } of cells) {
          for (const [index, { startMs }] of tiles.slice(1).entries())
            expect(startMs).toBeGreaterThanOrEqual(tiles[index]!.endMs);
        }
        const atOnce = times.map(([at]) => times.filter(([from, length]) => from <= at && from + length > at).length);
        expect(cells).toHaveLength(Math.max(...atOnce));
      }),
    );
  });
});

describe('where a cell is', () => {
  it.each([
    [1, [[2, 2]]],
    [
      2,
      [
        [2, 2],
        [642, 2],
      ],
    ],
    [
      3,
      [
        [2, 2],
        [642, 2],
        [322, 362],
      ],
    ],
    [
      4,
      [
        [2, 2],
        [642, 2],
        [2, 362],
        [642, 362],
      ],
    ],
  ])('of %d', (count, expected) => {
    const rects = Array.from({ length: count }, (_, index) => rectOf(index, count, 1280, 720));
    expect(rects.map(({ x, y }) => [x, y])).toEqual(expected);
  });

  it('is in the picture, beside the others, with even numbers, for up to a hundred', () => {
    for (let count = 1; count <= 100; count += 1) {
      const rects = Array.from({ length: count }, (_, index) => rectOf(index, count, 1280, 720));
      for (const [index, { x, y, width, height }] of rects.entries()) {
        expect([x, y, width, height].filter((value) => value % 2 !== 0 || value <= 0)).toEqual([]);
        expect(x + width).toBeLessThanOrEqual(1280);
        expect(y + height).toBeLessThanOrEqual(720);
        const others = rects.slice(0, index);
        const isOver = (o: (typeof rects)[number]): boolean =>
          o.x < x + width && x < o.x + o.width && o.y < y + height && y < o.y + o.height;
        expect(others.filter(isOver)).toEqual([]);
      }
    }
  });
});
