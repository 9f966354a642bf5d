import fc from 'fast-check';
import { mutatedLines } from '../../support/fuzz/mutations.ts';
import { checkPlan } from './plan-rules.ts';
import { offerNames, readOffer, refusal } from './support.ts';

const mutated = mutatedLines(offerNames.map(readOffer));

const codec = fc.constantFrom('vp8' as const, 'h264' as const);

test('a mutated offer is planned, or refused with a code; what is planned obeys every rule', () => {
  let planned = 0;
  fc.assert(
    fc.property(mutated, codec, fc.nat(8), (text, videoCodec, maxSlots) => {
      if (refusal(text, { videoCodec, maxSlots }) !== null) return;
      planned += 1;
      checkPlan(text, { videoCodec, maxSlots });
    }),
    { numRuns: 500 },
  );
  // The property says nothing if all of them are refused.
  expect(planned).toBeGreaterThan(40);
}, 60_000);

test('every real offer obeys every rule', () => {
  for (const name of offerNames) {
    for (const videoCodec of ['vp8', 'h264'] as const) checkPlan(readOffer(name), { videoCodec, maxSlots: 5 });
  }
});

test('any text at all', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `v=0\r\n${text}`),
      ),
      (text) => {
        expect(refusal(text)?.code).toMatch(/^offer-/);
      },
    ),
  );
});
