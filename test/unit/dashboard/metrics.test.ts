import { mean, parse, perSecond, rate, total, valuesOf } from '../../../dashboard/metrics.js';

const TEXT = `# HELP webrtc_peers Connections of devices
# TYPE webrtc_peers gauge
webrtc_peers{state="connected"} 3
webrtc_peers{state="connecting"} 1
plain 2.5e3
odd{name="a \\"quoted\\", with } in it",b=""} -1
many_bucket{le="+Inf"} +Inf
nothing NaN

junk
`;
const sample = parse(TEXT, 10);

it('reads every series', () => {
  expect(total(sample, 'webrtc_peers')).toBe(4);
  expect(total(sample, 'webrtc_peers', { state: 'connected' })).toBe(3);
  expect(total(sample, 'plain')).toBe(2500);
  expect(total(sample, 'many_bucket')).toBe(Infinity);
  expect(sample.series.get('odd')).toEqual([{ labels: { name: 'a \\"quoted\\", with } in it', b: '' }, value: -1 }]);
  expect(valuesOf(sample, 'webrtc_peers', 'state')).toEqual(['connected', 'connecting']);
  expect([total(sample, 'webrtc_peers', { state: 'gone' }), total(sample, 'absent'), total(null, 'plain')]).toEqual([
    null,
    null,
    null,
  ]);
});

const at = (time: number, text: string) => parse(text, time);

it('tells what a counter went up by in a second, and nothing where that is not known', () => {
  const before = at(10, 'all{reason="late"} 100\nall{reason="rate"} 1');
  const now = at(12, 'all{reason="late"} 110\nall{reason="rate"} 5');
  expect([rate(before, now, 'all'), rate(before, now, 'all', { reason: 'late' })]).toEqual([7, 5]);
  expect(rate(null, now, 'all')).toBeNull();
  expect(rate(now, now, 'all')).toBeNull();
  expect(rate(now, at(14, 'all{reason="late"} 3'), 'all')).toBeNull();
  expect(perSecond(null, 4, 1)).toBeNull();
});

it('tells the mean of what a histogram observed in between', () => {
  const before = at(0, 'rtt_sum 10\nrtt_count 100');
  expect(mean(before, at(10, 'rtt_sum 10.4\nrtt_count 104'), 'rtt')).toBeCloseTo(0.1);
  expect(mean(before, at(10, 'rtt_sum 10\nrtt_count 100'), 'rtt')).toBeNull();
  expect(mean(null, before, 'rtt')).toBeNull();
});
