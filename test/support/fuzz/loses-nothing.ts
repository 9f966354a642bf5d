import { expect } from '@jest/globals';
import type { Heard } from './call.ts';

/**
 * Each heard all that the other said, once. Where the kernel dropped something at the sockets between the two, so much of
 * it may be theirs.
 *
 * @param least more than so many packets were said
 * @param under what the call was under, for who reads the log
 */
export function losesNothing(heard: readonly Heard[], least: number, under: string): void {
  for (const { sent, lost, twice, dropped } of heard) {
    if (dropped > 0) {
      process.stdout.write(`${under}: ${dropped} datagrams dropped at the sockets of the call, ${lost} packets lost\n`);
    }
    expect(sent).toBeGreaterThan(least);
    expect(lost).toBeLessThanOrEqual(dropped);
    expect(twice).toBe(0);
  }
}
