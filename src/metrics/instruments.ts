import { Counter, Gauge, Histogram, type Metric, type Registry } from 'prom-client';
import type { Durations } from '../media/types.ts';
import { METRICS, type MetricName } from './catalogue.ts';

/** A value for each combination of labels. */
export type Reading = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

/** Makes prom-client's metrics from the catalogue. */
export class Instruments {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** A gauge whose values are read when they are asked for. */
  gauge(name: MetricName, read: () => number | Reading): void {
    new Gauge({
      ...this.#configuration(name),
      collect() {
        this.reset();
        for (const [labels, value] of readingOf(read())) this.set({ ...labels }, value);
      },
    });
  }

  /** A counter of what something else counts. */
  total(name: MetricName, read: () => number | Reading): void {
    new Counter({
      ...this.#configuration(name),
      collect() {
        this.reset();
        for (const [labels, value] of readingOf(read())) this.inc({ ...labels }, value);
      },
    });
  }

  counter(name: MetricName): Counter {
    return new Counter(this.#configuration(name));
  }

  histogram(name: MetricName, buckets: readonly number[]): Histogram {
    return new Histogram({ ...this.#configuration(name), buckets: [...buckets] });
  }

  /** A histogram of durations that something else counts; prom-client's own can only observe them one by one. */
  durations(name: MetricName, read: () => Durations): void {
    const { help, type } = METRICS[name];
    const metric = {
      name,
      get: () => Promise.resolve({ name, help, type, values: bucketsOf(name, read()), aggregator: 'sum' }),
      reset: () => undefined,
    };
    this.#registry.registerMetric(metric as unknown as Metric);
  }

  #configuration(name: MetricName): { name: string; help: string; labelNames: string[]; registers: [Registry] } {
    const { help, labels } = METRICS[name];
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

const readingOf = (read: number | Reading): Reading => (typeof read === 'number' ? [[{}, read]] : read);

/** Prometheus has cumulative buckets. */
function bucketsOf(name: string, { bounds, counts, total }: Durations): object[] {
  let count = 0;
  const buckets = counts.map((each, i) => {
    count += each;
    return { metricName: `${name}_bucket`, labels: { le: String(bounds[i] ?? '+Inf') }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: total },
    { metricName: `${name}_count`, labels: {}, value: count },
  ];
}
