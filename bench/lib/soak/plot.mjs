// Curves over time as SVG: panels below each other, each with a scale of its own. Pure.

const WIDTH = 760;
const PANEL = 110;
const GAP = 26;
const LEFT = 60;
const RIGHT = 110;
const TOP = 8;
/** More cannot be seen. */
const MOST_POINTS = 240;
const COLORS = ['#1f6feb', '#d1242f', '#8250df'];

/**
 * @typedef {{ title: string, unit: string, lines: { name: string, points: { x: number, y: number | null }[] }[] }} Panel
 * @param {readonly Panel[]} panels `x`: minutes
 */
export function plotOf(panels) {
  const height = TOP + panels.length * (PANEL + GAP) + 12;
  const lastX = Math.max(...panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ x }) => x))), 1);
  const body = panels.map((panel, n) => panelOf(panel, TOP + n * (PANEL + GAP), lastX)).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    body,
    `<text x="${WIDTH - RIGHT}" y="${height - 6}" text-anchor="end" fill="#57606a">minutes</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function panelOf({ title, unit, lines }, top, lastX) {
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const most = niceAbove(Math.max(...values, 0));
  const bottom = top + PANEL;
  const xOf = (x) => LEFT + (x / lastX) * (WIDTH - LEFT - RIGHT);
  const yOf = (y) => bottom - (y / most) * (PANEL - 16);
  const grid = [0, most / 2, most].map(
    (y) =>
      `<path d="M${LEFT} ${fixed(yOf(y))}H${WIDTH - RIGHT}" stroke="#d0d7de"/>` +
      `<text x="${LEFT - 6}" y="${fixed(yOf(y) + 4)}" text-anchor="end" fill="#57606a">${y}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${fixed(xOf(lastX * part))}" y="${bottom + 13}" text-anchor="middle" fill="#57606a">${fixed(lastX * part)}</text>`,
  );
  const curves = lines.map(
    ({ name, points }, n) =>
      `<path d="${pathOf(thin(points), xOf, yOf)}" fill="none" stroke="${COLORS[n % COLORS.length]}" stroke-width="1.2"/>` +
      `<text x="${WIDTH - RIGHT + 8}" y="${top + 26 + n * 15}" fill="${COLORS[n % COLORS.length]}">${escaped(name)}</text>`,
  );
  const heading = `<text x="${LEFT}" y="${top + 8}" font-weight="bold" fill="#1f2328">${escaped(title)}, ${escaped(unit)}</text>`;
  return [heading, ...grid, ...ticks, ...curves].join('\n');
}

/** A point that is not there is a gap. */
function pathOf(points, xOf, yOf) {
  let isDown = false;
  return points
    .map(({ x, y }) => {
      if (y === null) {
        isDown = false;
        return '';
      }
      const command = isDown ? 'L' : 'M';
      isDown = true;
      return `${command}${fixed(xOf(x))} ${fixed(yOf(y))}`;
    })
    .join('');
}

/** Of neighbours the highest: what stands out must stay. */
export function thin(points, most = MOST_POINTS) {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, n) =>
    points.slice(n * size, (n + 1) * size).reduce((a, b) => ((b.y ?? -Infinity) > (a.y ?? -Infinity) ? b : a)),
  );
}

/** 1, 2 or 5 times a power of ten. @param {number} value */
export function niceAbove(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= value);
}

const fixed = (value) => String(Math.round(value * 10) / 10);
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** @param {readonly import('./verdict.mjs').Sample[]} samples @param {readonly import('./verdict.mjs').Quiet[]} quiets */
export function panelsOf(samples, quiets) {
  const line = (name, of, points = samples) => ({
    name,
    points: points.map((point) => ({ x: point.atMs / 60_000, y: of(point) })),
  });
  const mb = (kb) => kb / 1_024;
  return [
    {
      title: 'Memory',
      unit: 'MB',
      lines: [
        line('RSS', ({ rssKb }) => mb(rssKb)),
        line('RSS, nobody there', ({ rssKb, collected }) => mb(collected?.rssKb ?? rssKb), quiets),
        line('heap of JS', ({ heapKb }) => mb(heapKb)),
      ],
    },
    {
      title: 'Threads',
      unit: 'number',
      lines: [line('threads', ({ threads }) => threads), line('nobody there', ({ threads }) => threads, quiets)],
    },
    {
      title: 'File descriptors',
      unit: 'number',
      lines: [line('descriptors', ({ fds }) => fds), line('nobody there', ({ fds }) => fds, quiets)],
    },
    {
      title: 'Event loop lag, p99',
      unit: 'ms',
      lines: [line('service', ({ lagMs }) => lagMs), line('idle process', ({ idleLagMs }) => idleLagMs)],
    },
    {
      title: 'From client to client',
      unit: 'ms',
      lines: [line('p99', ({ latencyP99Ms }) => latencyP99Ms), line('p50', ({ latencyP50Ms }) => latencyP50Ms)],
    },
  ];
}
