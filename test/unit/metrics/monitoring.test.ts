// What lies in docker/ for Prometheus and Grafana names metrics and labels that the service has.
import { readFileSync } from 'node:fs';
import { EVENTS } from '../../../src/events/catalogue.ts';
import { METRICS, type MetricName } from '../../../src/metrics/catalogue.ts';
import { processRegistry } from '../../../src/metrics/process.ts';

const read = (path: string): string => readFileSync(new URL(`../../../docker/${path}`, import.meta.url), 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(read('grafana/dashboards/backend-webrtc.json')) as { panels: readonly Panel[] };
const alerts = read('prometheus/alerts.yml');
/** Each `expr:`, on its line or in the deeper lines below it. */
const rules = [...alerts.matchAll(/^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/gm)].map(
  ([, block, line]) => block ?? line ?? '',
);
const expressions = [...rules, ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];

/** What Prometheus has of it, by its name there. */
const series = new Set(
  [
    ...Object.entries(METRICS).map(([name, { type }]) => ({ name, type })),
    ...processRegistry()
      .getMetricsAsArray()
      .map((metric) => ({ name: metric.name, type: String(metric.type) })),
  ].flatMap(({ name, type }) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
);
const NAME = /\b(?:webrtc|nodejs|process)_\w+/g;

it('every rule is read, and there are as many panels as there should be', () => {
  expect(rules).toHaveLength([...alerts.matchAll(/- alert: /g)].length);
  expect(rules.length).toBeGreaterThan(8);
  expect(panels.length).toBeGreaterThan(15);
});

it('every metric that is asked for is there', () => {
  for (const expression of expressions) {
    const names = expression.match(NAME) ?? [];
    expect([expression, names.filter((name) => !series.has(name))]).toEqual([expression, []]);
    expect(names.length > 0 || expression.startsWith('up{')).toBe(true);
  }
});

it('a counter is asked for as a rate, and a gauge is not', () => {
  for (const expression of expressions) {
    for (const [, before = '', name = ''] of expression.matchAll(/(\w*\(?)\b((?:webrtc|nodejs|process)_\w+)/g)) {
      const isCounter = /_(?:total|bucket|sum|count)$/.test(name);
      expect([expression, name, /^(?:rate|increase)\($/.test(before)]).toEqual([expression, name, isCounter]);
    }
  }
});

it('every label of our own metrics that is asked for is there, and every event', () => {
  for (const expression of expressions) {
    for (const [, name = '', selector = ''] of expression.matchAll(/\b(webrtc_\w+)\{([^}]*)\}/g)) {
      const known = METRICS[name.replace(/_(?:bucket|sum|count)$/, '') as MetricName].labels;
      const asked = [...selector.matchAll(/(\w+)(?:=~|=|!=)/g)].map(([, label = '']) => label);
      const own = asked.filter((label) => label !== 'instance' && label !== 'job');
      expect([expression, own.filter((label) => !known.includes(label))]).toEqual([expression, []]);
    }
    for (const [, event = ''] of expression.matchAll(/event="([^"]*)"/g)) expect(Object.keys(EVENTS)).toContain(event);
  }
});

it('panels have an id and a place of their own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
  );
  expect(new Set(places).size).toBe(places.length);
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
});
