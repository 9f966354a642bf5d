/** Something native that its maker has to give back. */
interface Disposable {
  dispose(): void;
}

/** Takes note of what was made, and returns it. */
export type Own = <T extends Disposable>(made: T) => T;

/**
 * For making something of several native parts: where a step throws, what was made before is disposed of, the last
 * first. Where none does, everything is the caller's.
 */
export function freeOnThrow<T>(make: (own: Own) => T): T {
  const parts: Disposable[] = [];
  try {
    return make((made) => {
      parts.push(made);
      return made;
    });
  } catch (error) {
    for (const part of parts.reverse()) part.dispose();
    throw error;
  }
}
