// The first few inputs of `npm run test:fuzz`, the same ones in every run.
import { PARSERS, runParser } from '../../support/fuzz/parsers.ts';

test.each(PARSERS)('$name: whatever comes is read, or refused with its code', (parser) => {
  const { accepted } = runParser(parser, 60, 1);
  // Says nothing where everything is refused.
  expect(accepted).toBeGreaterThan(0);
});
