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
