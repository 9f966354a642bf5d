import fc from 'fast-check';
import { SEED } from './extent.ts';
import { toKeep, type Kind } from './kept.ts';

/** Enough to have some under way at any time, and fewer than there are places for those who connect. */
const AT_ONCE = 6;

export const sample = <Input>(arbitrary: fc.Arbitrary<Input>, cases: number): Input[] =>
  fc.sample(arbitrary, { numRuns: Math.ceil(cases), seed: SEED });

/** How often what came. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string | number): void {
    this.#counts.set(String(what), this.of(what) + 1);
  }

  of(what: string | number): number {
    return this.#counts.get(String(what)) ?? 0;
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort());
  }
}

/**
 * Some at a time; the first input that breaks the policy is told whole.
 *
 * @param fileOf the input as a file that is kept
 * @param check is told by which of the workers, each of which does one thing after the other
 */
export async function each<Input>(
  kind: Kind,
  inputs: readonly Input[],
  fileOf: (input: Input) => Buffer,
  check: (input: Input, worker: number, index: number) => Promise<unknown>,
  atOnce = AT_ONCE,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const work = async (worker: number): Promise<void> => {
    for (let index = next++; index < inputs.length && !hasFailed; index = next++) {
      const input = inputs[index]!;
      try {
        await check(input, worker, index);
      } catch (error) {
        hasFailed = true;
        throw new Error(`${(error as Error).message}\n${toKeep(kind, index, fileOf(input))}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => work(worker)));
}
