// GET /metrics over real sockets: what is counted, and that it never goes down.
import { NOTHING_COUNTED } from '../../src/media/fake/peer.ts';
import { METRICS } from '../../src/metrics/catalogue.ts';
import { ask, claim } from '../support/client.ts';
import { startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

const scrape = async (service: TestService): Promise<string> => {
  const { status, headers, body } = await ask(service.app.adminAddress?.port ?? 0, '/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return body;
};

/** The value of one time series; NaN where there is none. */
const valueOf = (text: string, series: string): number => {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? NaN : Number(line.slice(series.length + 1));
};

test('every metric of the catalogue is reported, with what it means', async () => {
  const text = await scrape(await startService());
  for (const [name, { type, help }] of Object.entries(METRICS)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
  }
  expect(valueOf(text, 'process_threads')).toBeGreaterThan(1);
  expect(valueOf(text, 'process_open_fds')).toBeGreaterThan(1);
  expect(valueOf(text, 'process_max_fds')).toBeGreaterThan(1);
});

test('what there is now', async () => {
  const service = await startService({ env: { MAX_PEERS: '7' } });
  await service.join('ann', 'tea');
  await service.join('ben', 'tea');
  await service.join('cid', 'coffee');
  await service.connected('ann');
  await service.answered('ben');
  await service.open('cid');
  const text = await scrape(service);
  const series = {
    'webrtc_sockets{state="waiting"}': 1,
    'webrtc_sockets{state="answered"}': 1,
    'webrtc_peers{state="connected"}': 1,
    'webrtc_peers{state="connecting"}': 1,
    webrtc_peers_limit: 7,
    webrtc_channels: 0,
    webrtc_conversations: 2,
    webrtc_joined_users: 3,
    'webrtc_tracks{kind="audio"}': 1,
    'webrtc_tracks{kind="video"}': 0,
    'webrtc_slots{kind="audio",state="filled"}': 0,
    'webrtc_slots{kind="audio",state="empty"}': 1,
    'webrtc_congested_receivers{state="thinned"}': 0,
    'webrtc_congested_receivers{state="paused"}': 0,
    webrtc_recordings: 0,
    webrtc_webhooks_waiting: 0,
    webrtc_draining: 0,
  };
  expect(Object.fromEntries(Object.keys(series).map((name) => [name, valueOf(text, name)]))).toEqual(series);
  service.newest().connect();
  await until(() => service.app.counts.sockets === 1, "ben's socket is closed");
  void service.app.drain();
  const later = await scrape(service);
  expect(valueOf(later, 'webrtc_slots{kind="audio",state="filled"}')).toBe(2);
  expect(valueOf(later, 'webrtc_peers{state="connected"}')).toBe(2);
  expect(valueOf(later, 'webrtc_draining')).toBe(1);
});

test('packets, with those of connections that have ended', async () => {
  const service = await startService();
  const peer = await service.connected('ann');
  peer.counted = {
    ...NOTHING_COUNTED,
    received: { packets: 10, bytes: 1000 },
    sent: { packets: 20, bytes: 2000 },
    dropped: { late: 3, stale: 4 },
    keyframeRequests: { received: 1, sent: 2 },
    nacks: { received: 5, sent: 6 },
    retransmissions: { received: 7, sent: 8 },
    forwarding: { bounds: [0.001, 0.01], counts: [3, 2, 1], total: 0.25 },
  };
  const series = {
    webrtc_received_packets_total: 10,
    webrtc_received_bytes_total: 1000,
    webrtc_forwarded_packets_total: 20,
    webrtc_forwarded_bytes_total: 2000,
    'webrtc_dropped_packets_total{reason="late"}': 3,
    'webrtc_dropped_packets_total{reason="stale"}': 4,
    'webrtc_keyframe_requests_total{direction="received"}': 1,
    'webrtc_keyframe_requests_total{direction="sent"}': 2,
    'webrtc_nacks_total{direction="received"}': 5,
    'webrtc_nacks_total{direction="sent"}': 6,
    'webrtc_retransmissions_total{direction="received"}': 7,
    'webrtc_retransmissions_total{direction="sent"}': 8,
    'webrtc_forwarding_seconds_bucket{le="0.001"}': 3,
    'webrtc_forwarding_seconds_bucket{le="0.01"}': 5,
    'webrtc_forwarding_seconds_bucket{le="+Inf"}': 6,
    webrtc_forwarding_seconds_sum: 0.25,
    webrtc_forwarding_seconds_count: 6,
  };
  const read = async () => {
    const text = await scrape(service);
    return Object.fromEntries(Object.keys(series).map((name) => [name, valueOf(text, name)]));
  };
  expect(await read()).toEqual(series);
  peer.end('gone');
  await until(() => service.app.counts.peers === 0);
  expect(await read()).toEqual(series);
});

test('how streams fare, of each connection every ten seconds', async () => {
  const service = await startService();
  const peer = await service.connected('ann');
  peer.quality = [
    { direction: 'sent', kind: 'audio', packetsLost: 1, fractionLost: 0.015, roundTripTime: 0.03, jitter: 0.004 },
    { direction: 'received', kind: 'video', packetsLost: 0, fractionLost: 0, roundTripTime: null, jitter: null },
  ];
  service.clock.advance(10_000);
  const text = await scrape(service);
  expect(valueOf(text, 'webrtc_round_trip_seconds_bucket{le="0.025"}')).toBe(0);
  expect(valueOf(text, 'webrtc_round_trip_seconds_bucket{le="0.05"}')).toBe(1);
  expect(valueOf(text, 'webrtc_round_trip_seconds_count')).toBe(1);
  expect(valueOf(text, 'webrtc_loss_ratio_bucket{le="0.01",direction="sent",kind="audio"}')).toBe(0);
  expect(valueOf(text, 'webrtc_loss_ratio_bucket{le="0.02",direction="sent",kind="audio"}')).toBe(1);
  expect(valueOf(text, 'webrtc_loss_ratio_bucket{le="0",direction="received",kind="video"}')).toBe(1);
  expect(valueOf(text, 'webrtc_jitter_seconds_count{direction="sent",kind="audio"}')).toBe(1);
  expect(valueOf(text, 'webrtc_jitter_seconds_count{direction="received",kind="video"}')).toBeNaN();
});

test('failures, by what a connection waited for', async () => {
  const service = await startService();
  await service.answered('ann');
  const { peer } = await service.answered('ben');
  peer.reachDtls();
  const { release } = await service.answering('cid');
  service.clock.advance(30_000);
  release();
  await until(() => service.app.counts.peers === 0);
  const dan = await service.connected('dan');
  dan.end('failed');
  await until(() => service.app.counts.peers === 0);
  const text = await scrape(service);
  for (const stage of ['ice', 'dtls', 'answer']) {
    expect([stage, valueOf(text, `webrtc_connections_failed_total{stage="${stage}"}`)]).toEqual([stage, 1]);
  }
  // One that was up has not failed to come up.
  expect(valueOf(text, 'webrtc_connections_failed_total{stage="connected"}')).toBeNaN();
  expect(valueOf(text, 'webrtc_peers_ended_total{reason="failed"}')).toBe(4);
});

test('what was refused, by code', async () => {
  const service = await startService();
  const client = await service.open('ann');
  client.socket.send('no SDP');
  await client.closed;
  await service.ask('/join/tea', { method: 'POST' });
  await service.ask('/connect', { headers: claim('ann') });
  const text = await scrape(service);
  expect(valueOf(text, 'webrtc_offers_rejected_total{code="offer-malformed"}')).toBe(1);
  expect(valueOf(text, 'webrtc_requests_refused_total{code="claim-missing"}')).toBe(1);
  expect(valueOf(text, 'webrtc_requests_refused_total{code="upgrade-required"}')).toBe(1);
  expect(valueOf(text, 'webrtc_events_total{event="offer-rejected"}')).toBe(1);
});

test('no series has the name of anybody or anything', async () => {
  const service = await startService();
  await service.join('ann-the-user', 'tea-the-conversation');
  const peer = await service.connected('ann-the-user', 'the-phone');
  const text = await scrape(service);
  for (const name of ['ann-the-user', 'tea-the-conversation', 'the-phone', peer.id]) expect(text).not.toContain(name);
  expect(text.split('\n').length).toBeLessThan(400);
});
