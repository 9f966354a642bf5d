import type { Clock } from '../base/clock.ts';
import type { Registry } from '../conversation/registry.ts';

/** Resolves when no conversation has a member any more, after `timeoutMs` at the latest. */
export const conversationsOver = (registry: Registry, timeoutMs: number, clock: Clock): Promise<void> => {
  if (timeoutMs === 0 || !isAnybodyThere(registry)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      unsubscribe();
      resolve();
    };
    const timer = clock.after(timeoutMs, done);
    const unsubscribe = registry.events.on('closed', () => {
      if (!isAnybodyThere(registry)) done();
    });
  });
};

const isAnybodyThere = (registry: Registry): boolean =>
  registry.conversations.some((id) => registry.membersOf(id).length > 0);
