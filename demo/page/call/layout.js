// Where the tiles are: the arithmetic alone, in CSS pixels. The tiles are as large as they can be, none is wider than 16:9 or
// narrower than 4:3 (on a high stage: square), and none is so small that nobody could be told on it: then the stage scrolls.

export const GAP = 8;
export const SMALLEST = { width: 116, height: 84 };
const WIDEST = 16 / 9;
const NARROWEST = 4 / 3;
const NARROWEST_ON_A_HIGH_STAGE = 1;
/** How much of the stage those may have who are beside the one in the middle, the least first. */
const SHARES = [0.18, 0.24, 0.3, 0.4, 0.5];

/**
 * @typedef {{ x: number, y: number, width: number, height: number }} Rect
 * @typedef {{ tiles: Rect[], height: number }} Arrangement `height`: of all of it; more than the stage's where it scrolls
 */

/**
 * @param {{ width: number, height: number, count: number, spotlight?: boolean }} stage `spotlight`: the first tile is the
 *   large one
 * @returns {Arrangement}
 */
export function arrange({ width, height, count, spotlight = false }) {
  if (count === 0) return { tiles: [], height };
  const narrowest = height > width ? NARROWEST_ON_A_HIGH_STAGE : NARROWEST;
  const area = { width, height, narrowest };
  return spotlight && count > 1 ? around(area, count - 1) : grid(area, count);
}

/**
 * @typedef {{ width: number, height: number, narrowest: number }} Area `narrowest`: of its tiles, width by height
 */

/**
 * Rows of equal tiles, in the middle of the area.
 * @param {Area} area
 * @param {number} count
 * @returns {Arrangement}
 */
function grid(area, count) {
  const { columns, tile } = largest(area, count);
  if (isLarge(tile)) return { tiles: rows(area, count, columns, tile), height: area.height };
  const { tiles, height } = scrolling(area.width, count);
  return { tiles, height: Math.max(height, area.height) };
}

/**
 * The number of columns with the largest tiles, of those that are large enough if any are.
 * @param {Area} area
 * @param {number} count
 */
function largest(area, count) {
  const choices = Array.from({ length: count }, (_, index) => {
    const columns = index + 1;
    return { columns, tile: tileIn(area, columns, Math.ceil(count / columns)) };
  });
  const large = choices.filter(({ tile }) => isLarge(tile));
  return (large.length > 0 ? large : choices).reduce((best, each) =>
    sizeOf(each.tile) > sizeOf(best.tile) ? each : best,
  );
}

/**
 * @param {Area} area
 * @param {number} columns
 * @param {number} lines
 */
function tileIn({ width, height, narrowest }, columns, lines) {
  const cellWidth = Math.max(1, (width - GAP * (columns - 1)) / columns);
  const cellHeight = Math.max(1, (height - GAP * (lines - 1)) / lines);
  return {
    width: Math.floor(Math.min(cellWidth, cellHeight * WIDEST)),
    height: Math.floor(Math.min(cellHeight, cellWidth / narrowest)),
  };
}

/**
 * As many columns as there can be of the smallest tiles, as high as it gets.
 * @param {number} width
 * @param {number} count
 * @returns {Arrangement}
 */
function scrolling(width, count) {
  const columns = Math.max(1, Math.floor((width + GAP) / (SMALLEST.width + GAP)));
  const tileWidth = Math.max(1, Math.floor((width - GAP * (columns - 1)) / columns));
  const tile = { width: tileWidth, height: Math.floor(tileWidth / NARROWEST) };
  const height = heightOf(Math.ceil(count / columns), tile.height);
  return { tiles: rows({ width, height }, count, columns, tile), height };
}

/**
 * @param {{ width: number, height: number }} area
 * @param {number} count
 * @param {number} columns
 * @param {{ width: number, height: number }} tile
 * @returns {Rect[]}
 */
function rows(area, count, columns, tile) {
  const top = Math.max(0, (area.height - heightOf(Math.ceil(count / columns), tile.height)) / 2);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (area.width - inRow * tile.width - GAP * (inRow - 1)) / 2;
    return {
      x: Math.floor(left + (index % columns) * (tile.width + GAP)),
      y: Math.floor(top + row * (tile.height + GAP)),
      ...tile,
    };
  });
}

/**
 * One in the middle, the others beside it where the stage is wide, and below it where it is high.
 * @param {Area} area
 * @param {number} others
 * @returns {Arrangement}
 */
function around(area, others) {
  const { width, height } = area;
  const beside = width > height * 1.2;
  const strip = SHARES.map((share) =>
    beside ? { ...area, width: Math.floor(width * share) } : { ...area, height: Math.floor(height * share) },
  ).find((each) => isLarge(largest(each, others).tile));
  if (strip === undefined) return above(area, others);
  const [x, y] = beside ? [width - strip.width, 0] : [0, height - strip.height];
  const main = beside ? whole(x - GAP, height) : whole(width, y - GAP);
  return { tiles: [main, ...moved(grid(strip, others).tiles, x, y)], height };
}

/**
 * Too many for a strip: the one on top, and the others below it, where one scrolls to.
 * @param {Area} area
 * @param {number} others
 * @returns {Arrangement}
 */
function above({ width, height }, others) {
  const main = whole(width, Math.floor(height * 0.6));
  const top = main.height + GAP;
  const below = scrolling(width, others);
  return { tiles: [main, ...moved(below.tiles, 0, top)], height: Math.max(height, top + below.height) };
}

/**
 * The one tile that fills an area, whatever its shape: a shared screen is shown whole, with bars.
 * @param {number} width
 * @param {number} height
 * @returns {Rect}
 */
const whole = (width, height) => ({ x: 0, y: 0, width: Math.max(1, width), height: Math.max(1, height) });

/**
 * @param {Rect[]} tiles
 * @param {number} dx
 * @param {number} dy
 */
const moved = (tiles, dx, dy) => tiles.map((tile) => ({ ...tile, x: tile.x + dx, y: tile.y + dy }));

/**
 * Large enough for a name of some lines.
 * @param {{ width: number, height: number }} tile
 */
const isLarge = ({ width, height }) => width >= SMALLEST.width && height >= SMALLEST.height;

/** @param {{ width: number, height: number }} tile */
const sizeOf = ({ width, height }) => width * height;

/**
 * @param {number} lines
 * @param {number} tileHeight
 */
const heightOf = (lines, tileHeight) => lines * tileHeight + GAP * (lines - 1);
