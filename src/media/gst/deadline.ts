import { setTimeout as delay } from 'node:timers/promises';

/** What one thread hands to the next gets there within this, unless the machine is far too busy. */
const LOOK_MS = 20;

/**
 * What comes of `work`; an error that names `step` where nothing comes of it within `ms`. What comes later is ignored.
 *
 * The timer also keeps the process alive: a signal that is waited for does not, and before the listener is open nothing
 * else does.
 */
export async function within<T>(ms: number, step: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`webrtcbin has not done within ${ms / 1000} s: ${step}`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Resolves when a native thread has handed on what it had, or has not within `ms`. Nobody tells, so this looks; and
 * what can be looked at changes just before the thread hands it on, so there is one wait more.
 */
export async function handedOn(isHandedOn: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!isHandedOn() && performance.now() < end) await delay(LOOK_MS);
  await delay(LOOK_MS);
}
