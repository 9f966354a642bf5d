import { readdirSync } from 'node:fs';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';

/**
 * Between two looks at the lag of the event loop, ms. Each wakes the process: every 10 ms, as prom-client has it, they are a
 * tenth of what one voice to fifty costs. It is in each figure of the lag, since prom-client counts from look to look.
 */
const LAG_LOOK_MS = 50;

let registry: Registry | null = null;

/** What is measured of the process itself, whatever runs in it: begun once, at the first call. */
export function processRegistry(): Registry {
  registry ??= createRegistry();
  return registry;
}

function createRegistry(): Registry {
  const created = new Registry();
  collectDefaultMetrics({ register: created, eventLoopMonitoringPrecision: LAG_LOOK_MS });
  new Gauge({
    name: 'process_threads',
    help: 'Threads of this process: webrtcbin has some for each connection.',
    registers: [created],
    collect() {
      this.set(countThreads());
    },
  });
  return created;
}

const countThreads = (): number => {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    // Not Linux.
    return Number.NaN;
  }
};
