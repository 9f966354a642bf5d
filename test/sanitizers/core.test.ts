// The core of the addon under sanitizers: it is compiled for each of them, which is what takes the time.
import { programSuite } from '../../node-gst/test/support/program-suite.ts';
import { buildSanitized } from '../../node-gst/test/support/programs.ts';

describe('thread', () => {
  // One thread: what the sanitizer adds is time.
  programSuite(() => buildSanitized('thread'), { srtp: 10_000 });
});

describe('address,undefined', () => {
  programSuite(() => buildSanitized('address,undefined'), { srtp: 100_000 });
});
