import { BURST, fullBucket, PER_SECOND, take, type Bucket } from '../../../src/channel/bucket.ts';

/** How many of `wanted` messages at `now` get through. */
const spend = (bucket: Bucket, now: number, wanted: number): { bucket: Bucket; through: number } => {
  let through = 0;
  for (let each = 0; each < wanted; each += 1) {
    const next = take(bucket, now);
    if (next === null) continue;
    bucket = next;
    through += 1;
  }
  return { bucket, through };
};

test('a burst passes, then a steady rate, and quiet times are saved up to a burst', () => {
  const first = spend(fullBucket(1_000), 1_000, 100);
  expect(first.through).toBe(BURST);
  const soon = spend(first.bucket, 1_000 + 1_000 / PER_SECOND - 1, 100);
  expect(soon.through).toBe(0);
  const second = spend(soon.bucket, 2_000, 100);
  expect(second.through).toBe(PER_SECOND);
  expect(spend(second.bucket, 3_600_000, 100).through).toBe(BURST);
});
