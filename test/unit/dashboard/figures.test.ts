import { drops, figures } from '../../../dashboard/figures.js';
import { parse } from '../../../dashboard/metrics.js';
import { bits, count, duration, part, perSecondText } from '../../../dashboard/text.js';

const textAt = (n: number): string => `webrtc_peers{state="connected"} 5
webrtc_peers{state="connecting"} 0
webrtc_peers_limit 5
webrtc_conversations 2
webrtc_received_packets_total ${100 * n}
webrtc_received_bytes_total ${12_500 * n}
webrtc_dropped_packets_total{reason="late"} ${2 * n}
webrtc_dropped_packets_total{reason="gated"} ${30 * n}
webrtc_dropped_packets_total{reason="stale"} 0
webrtc_loss_ratio_sum{direction="sent",kind="audio"} ${0.2 * n}
webrtc_loss_ratio_count{direction="sent",kind="audio"} ${2 * n}
nodejs_eventloop_lag_p99_seconds 0.0504
process_cpu_seconds_total ${0.5 * n}
`;
const [before, now] = [parse(textAt(1), 10), parse(textAt(3), 12)] as const;

it('says how the service is, and what ought to make one look', () => {
  const list = figures(before, before, now);
  const valueOf = (name: string): string[] => list.filter((each) => each.name === name).map(({ value }) => value);
  expect(valueOf('devices')).toEqual(['5 of 5']);
  expect(valueOf('received')).toEqual(['100 packets/s', '100 kbit/s']);
  expect(valueOf('lost on the way out')).toEqual(['10 %']);
  expect(valueOf('event loop lag, 99 %')).toEqual(['400 µs']);
  expect(valueOf('CPU')).toEqual(['50 %']);
  expect(list.filter(({ isBad }) => isBad).map(({ name }) => name)).toEqual(['devices', 'lost on the way out']);
});

it('has a dash where there is only one sample', () => {
  const values = figures(null, null, now).map(({ value }) => value);
  expect(values.join(' ')).not.toMatch(/NaN|undefined|null/);
  expect(values).toContain('–');
});

it('lists the reasons of drops that there were, most first', () => {
  expect(drops(before, now)).toEqual([
    { name: 'gated', value: '90 (30/s)' },
    { name: 'late', value: '6 (2/s)' },
  ]);
});

it('writes numbers for people', () => {
  expect([count(1234), count(null), count(Number.NaN)]).toEqual(['1,234', '–', '–']);
  expect([bits(100), bits(2_000_000), bits(null)]).toEqual(['0.8 kbit/s', '16 Mbit/s', '–']);
  expect([part(0.0123), part(1), part(null)]).toEqual(['1.2 %', '100 %', '–']);
  expect([duration(0.0000123), duration(0.25), duration(null)]).toEqual(['12 µs', '250 ms', '–']);
  expect([perSecondText(0.04, 'x'), perSecondText(49.7, 'x'), perSecondText(null, 'x')]).toEqual([
    '0 x/s',
    '50 x/s',
    '–',
  ]);
});
