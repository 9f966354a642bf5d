/**
 * What the service itself does on the disk of the recordings: so much at a time, one operation after the other in each,
 * and the rest waits. A disk that hangs holds a thread of libuv's pool for each operation, and whoever comes in needs one
 * of its four, too.
 */
const AT_ONCE = 2;

let free = AT_ONCE;
const waiting: (() => void)[] = [];

/** Not to be called inside of `work`. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}
