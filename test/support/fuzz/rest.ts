import { setTimeout as delay } from 'node:timers/promises';
import { lastingTasks, tasksOf } from '../../../bench/lib/process.mjs';
import { ask } from '../client.ts';
import { eventually } from '../eventually.ts';
import type { ServiceProcess } from '../service-process.ts';

/** What a service holds when nobody is there. */
export interface Held {
  /** Each by its number and name. */
  readonly threads: readonly string[];
  readonly files: number;
}

/** GLib keeps a thread that nobody needs for 15 s. */
const REST_MS = 16_000;
/** A client that is not heard of any more is ended after PEER_TIMEOUT, and its threads are kept for a while. */
const BACK_MS = 60_000;

const heldBy = (service: ServiceProcess): Held => ({
  threads: lastingTasks(tasksOf(service.pid)),
  files: service.footprint.files,
});

const isMore = (than: Held, { threads, files }: Held): boolean =>
  threads.length > than.threads.length || files > than.files;

/** When all who were connected have left, and it is not less any more. */
export async function heldAtRest(service: ServiceProcess): Promise<Held> {
  await eventually('nobody is connected', async () => {
    const { body } = await ask(service.adminPort, '/metrics');
    return /^webrtc_peers\{state="connected"\} 0$/m.test(body) ? true : null;
  });
  for (;;) {
    const then = heldBy(service);
    await delay(REST_MS);
    const now = heldBy(service);
    if (!isMore(now, then)) return now;
  }
}

/** Resolves as soon as it holds no more than before; or with what it holds all the same, after a minute. */
export async function heldAgain(service: ServiceProcess, before: Held): Promise<Held> {
  const deadline = performance.now() + BACK_MS;
  let now = heldBy(service);
  while (isMore(before, now) && performance.now() < deadline) {
    await delay(500);
    now = heldBy(service);
  }
  return now;
}
