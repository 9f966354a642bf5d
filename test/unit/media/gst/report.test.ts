import { reportOf } from '../../../../src/media/gst/report.ts';

const inbound = (source: object, more: object = {}) => ({
  type: 'inbound-rtp',
  kind: 'audio',
  jitter: 0.25,
  'gst-rtpsource-stats': { 'packets-lost': 3, 'sent-rb': true, 'sent-rb-fractionlost': 64, ...source },
  ...more,
});

const outbound = (more: object = {}) => ({
  type: 'remote-inbound-rtp',
  kind: 'video',
  jitter: 0.5,
  'packets-lost': 7n,
  'fraction-lost': 0.125,
  'round-trip-time': 0.04,
  ...more,
});

it('reads what the client sends from our own reports, and what it gets from its', () => {
  const stats = { a: inbound({}), b: outbound(), c: { type: 'codec' }, d: 'text', e: null };
  expect(reportOf(stats)).toEqual({
    details: stats,
    streams: [
      {
        direction: 'received',
        kind: 'audio',
        packetsLost: 3,
        fractionLost: 0.25,
        roundTripTime: null,
        jitter: 0.25,
      },
      {
        direction: 'sent',
        kind: 'video',
        packetsLost: 7,
        fractionLost: 0.125,
        roundTripTime: 0.04,
        jitter: 0.5,
      },
    ],
  });
});

it('says null for what is not known yet', () => {
  const stats = {
    a: inbound({ 'sent-rb': false }),
    b: inbound({}, { kind: 'other', 'gst-rtpsource-stats': null, jitter: undefined }),
    c: outbound({ 'round-trip-time': 0, 'packets-lost': undefined, 'fraction-lost': undefined }),
  };
  expect(reportOf(stats).streams).toMatchObject([
    { fractionLost: null, packetsLost: 3 },
    { kind: null, fractionLost: null, packetsLost: null, jitter: null },
    { roundTripTime: null, fractionLost: null, packetsLost: null },
  ]);
});

it('has no loss below 0, which packets that came twice make', () => {
  const stats = { a: inbound({ 'packets-lost': -1 }), b: outbound({ 'packets-lost': -2 }) };
  expect(reportOf(stats).streams.map(({ packetsLost }) => packetsLost)).toEqual([0, 0]);
});

it('takes what left past webrtcbin from what the client said of it', () => {
  const receiver = {
    ...{ loss: 0.1, transportLoss: null, rttMs: 40, jitterMs: 20, receivedBitrate: null, bitrateLimit: null },
    ...{ lost: 9, askedAgain: 5, resent: 4 },
    streams: [
      { mline: 1, loss: 0.25, lost: 9, jitterMs: 20 },
      { mline: 5, loss: 0, lost: 0, jitterMs: 0 },
    ],
  };
  const kindOf = (mline: number) => (mline === 1 ? ('video' as const) : null);
  const report = reportOf({ a: inbound({}) }, receiver, kindOf);
  expect(report.streams.slice(1)).toEqual([
    { direction: 'sent', kind: 'video', packetsLost: 9, fractionLost: 0.25, roundTripTime: 0.04, jitter: 0.02 },
    { direction: 'sent', kind: null, packetsLost: 0, fractionLost: 0, roundTripTime: 0.04, jitter: 0 },
  ]);
  expect(report.details).toMatchObject({ receiver });
  expect(reportOf({}, { ...receiver, rttMs: null }).streams[0]).toMatchObject({ roundTripTime: null });
});
