import type { Insider } from './insider.ts';
import type { Proof } from './proofs.ts';

export interface Hostility {
  readonly what: string;
  /**
   * Called fifty times a second.
   *
   * @param report what each compound begins with (RFC 3550 §6.1), and by which it is known
   */
  readonly act: (insider: Insider, report: Buffer) => void;
  /** Shows that it came: without it, nothing may have left. */
  readonly proof: Proof;
}

export const times = (count: number, act: (n: number) => void): void => {
  for (let n = 0; n < count; n += 1) act(n);
};
