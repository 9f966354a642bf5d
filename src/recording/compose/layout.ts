import { lanesOf, merged } from './intervals.ts';
import type { Interval, Person, Piece, Timeline } from './types.ts';

/** Where somebody is in the picture: pixels from the upper left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A place in the grid, and who is in it when. */
export interface Cell {
  readonly rect: Rect;
  /** One after the other. */
  readonly tiles: readonly Tile[];
}

/** Somebody's place in a cell, for a while: a name, and a picture where there is one. */
export interface Tile extends Interval {
  readonly name: string;
  /** What is shown in it; in order. */
  readonly pieces: readonly Piece[];
}

/**
 * The grid of the whole composition. It has as many cells as people were there at once, and does not change: nobody's
 * place moves because somebody else comes. Who is there has a tile, with a camera or without; who sends two pictures at
 * once has two. A tile takes the cell that it had before where that is free, and else the first free one.
 */
export function layoutOf({ people, pieces }: Timeline, width: number, height: number): Cell[] {
  const cells = cellsOf(people.flatMap((person) => stays(person, pieces)));
  return cells.map((tiles, index) => ({ rect: rectOf(index, cells.length, width, height), tiles }));
}

interface Stay extends Tile {
  /** The same for all tiles of one camera, and for those of somebody without. */
  readonly owner: string;
}

/** The first camera is where the person is; a second one is there while it is sent. */
function stays({ key, name, there }: Person, all: readonly Piece[]): Stay[] {
  const cameras = lanesOf(all.filter(({ kind, person }) => kind === 'video' && person === key));
  const [first = [], ...more] = cameras;
  const own = there.map((interval) => ({
    ...interval,
    owner: key,
    name,
    pieces: first.filter(({ startMs, endMs }) => startMs < interval.endMs && endMs > interval.startMs),
  }));
  const others = more.flatMap((camera, index) =>
    merged(camera).map((interval) => ({
      ...interval,
      owner: `${key} ${index + 2}`,
      name: `${name}, ${index + 2}`,
      pieces: camera.filter(({ startMs }) => startMs >= interval.startMs && startMs < interval.endMs),
    })),
  );
  return [...own, ...others];
}

function cellsOf(all: readonly Stay[]): Tile[][] {
  const cells: Stay[][] = [];
  const homes = new Map<string, Stay[]>();
  for (const stay of all.toSorted((a, b) => a.startMs - b.startMs)) {
    const isFree = (cell: readonly Stay[] | undefined): boolean => (cell?.at(-1)?.endMs ?? 0) <= stay.startMs;
    const home = homes.get(stay.owner);
    let cell = home !== undefined && isFree(home) ? home : cells.find(isFree);
    if (cell === undefined) {
      cell = [];
      cells.push(cell);
    }
    cell.push(stay);
    homes.set(stay.owner, cell);
  }
  return cells;
}

/** Between two cells, half of it around each. */
const GUTTER = 4;

/** As many columns as rows, or one more; a last row that is not full stands in the middle. */
export function rectOf(index: number, count: number, width: number, height: number): Rect {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const [w, h] = [even(width / columns), even(height / rows)];
  const row = Math.floor(index / columns);
  const inRow = Math.min(columns, count - row * columns);
  const left = even((width - inRow * w) / 2);
  const x = left + (index % columns) * w + GUTTER / 2;
  return { x, y: row * h + GUTTER / 2, width: w - GUTTER, height: h - GUTTER };
}

/** Pictures have one colour for two pixels and two rows. */
const even = (pixels: number): number => Math.floor(pixels / 2) * 2;
