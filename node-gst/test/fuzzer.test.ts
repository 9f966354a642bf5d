// A short look at each of the parsers; `npm run test:sanitizers` takes longer.
import { fuzzerSuite } from './support/fuzzer-suite.ts';

fuzzerSuite(2);
