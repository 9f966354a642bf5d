// FUZZ_SECONDS for each of the addon's parsers, 15 by default.
import { fuzzerSuite } from '../../node-gst/test/support/fuzzer-suite.ts';

const { FUZZ_SECONDS } = process.env;
fuzzerSuite(Number(FUZZ_SECONDS ?? 15));
