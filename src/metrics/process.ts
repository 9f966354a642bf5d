import { readdirSync } from 'node:fs';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';

let registry: Registry | null = null;

/** What is measured of the process itself, whatever runs in it: begun once, at the first call. */
export function processRegistry(): Registry {
  registry ??= createRegistry();
  return registry;
}

function createRegistry(): Registry {
  const created = new Registry();
  collectDefaultMetrics({ register: created });
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
