import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until the answer is not null; for what tells nobody when it changes.
 * @param what names the condition in the error
 */
export async function eventually<T>(what: string, ask: () => Promise<T | null> | T | null, seconds = 20): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await delay(100);
  }
}
