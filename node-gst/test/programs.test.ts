/** The core of the addon, without Node and GStreamer: models, bytes, threads. Under sanitizers: `npm run test:sanitizers`. */
import { programSuite } from './support/program-suite.ts';
import { buildPlain, compile, coreSources } from './support/programs.ts';

test('the core needs neither Node nor GStreamer', () => {
  expect(coreSources()).toEqual(
    expect.arrayContaining(
      ['media/ingest', 'media/track', 'media/slot', 'media/forwarder', 'media/peer_core', 'media/rtp']
        .concat(['media/direct/report_builder', 'media/direct/retransmitter', 'media/direct/feedback_reader'])
        .concat(['media/reception/direct_reception', 'media/reception/srtp_unprotector'])
        .concat(['media/tap/tap', 'media/tap/tap_writer', 'tap_reader/reader', 'tap_reader/stream'])
        .map((name) => `${name}.cc`),
    ),
  );
});

test('of a package that is not there pkg-config says so', () => {
  expect(() => compile([], 'program', ['no-such-package'])).toThrow(/^Package no-such-package was not found/);
});

describe('the core as it was built', () => {
  programSuite(buildPlain, { srtp: 100_000 });
});
