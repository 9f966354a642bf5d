// What the page says of the whole service, from two samples of its metrics. Pure.
import { mean, rate, total, valuesOf } from './metrics.js';
import { bits, count, duration, part, perSecondText } from './text.js';

/**
 * @typedef {import('./metrics.js').Sample} Sample
 * @typedef {{ name: string, value: string, isBad?: boolean }} Figure
 */

/** What ought to make an operator look. */
const BAD = { loss: 0.05, lag: 0.05, roundTrip: 0.4 };

/** Seconds from one look at the event loop's lag to the next, which its figures have in them. */
const LAG_LOOK = 0.05;

/**
 * @param {Sample | null} before a few seconds ago
 * @param {Sample | null} longAgo some ten seconds ago or more: how streams fare is asked of each in that time
 * @param {Sample} now
 * @returns {readonly Figure[]}
 */
export function figures(before, longAgo, now) {
  const connected = total(now, 'webrtc_peers', { state: 'connected' });
  const connecting = total(now, 'webrtc_peers', { state: 'connecting' });
  const limit = total(now, 'webrtc_peers_limit');
  const bytesIn = rate(before, now, 'webrtc_received_bytes_total');
  const bytesOut = rate(before, now, 'webrtc_forwarded_bytes_total');
  const dropped = rate(before, now, 'webrtc_dropped_packets_total');
  const lossIn = mean(longAgo, now, 'webrtc_loss_ratio', { direction: 'received' });
  const lossOut = mean(longAgo, now, 'webrtc_loss_ratio', { direction: 'sent' });
  const roundTrip = mean(longAgo, now, 'webrtc_round_trip_seconds');
  const lag = Math.max(0, total(now, 'nodejs_eventloop_lag_p99_seconds') - LAG_LOOK);
  return [
    { name: 'devices', value: `${count(connected)} of ${count(limit)}`, isBad: isFull(connected, limit) },
    { name: 'connecting', value: count(connecting) },
    { name: 'conversations', value: count(total(now, 'webrtc_conversations')) },
    { name: 'recordings', value: count(total(now, 'webrtc_recordings')) },
    { name: 'received', value: perSecondText(rate(before, now, 'webrtc_received_packets_total'), 'packets') },
    { name: 'received', value: bits(bytesIn) },
    { name: 'forwarded', value: perSecondText(rate(before, now, 'webrtc_forwarded_packets_total'), 'packets') },
    { name: 'forwarded', value: bits(bytesOut) },
    { name: 'dropped', value: perSecondText(dropped, 'packets') },
    { name: 'lost on the way in', value: part(lossIn), isBad: isAbove(lossIn, BAD.loss) },
    { name: 'lost on the way out', value: part(lossOut), isBad: isAbove(lossOut, BAD.loss) },
    { name: 'round trip', value: duration(roundTrip), isBad: isAbove(roundTrip, BAD.roundTrip) },
    { name: 'forwarding takes', value: duration(mean(before, now, 'webrtc_forwarding_seconds')) },
    { name: 'event loop lag, 99 %', value: duration(lag), isBad: isAbove(lag, BAD.lag) },
    { name: 'CPU', value: part(rate(before, now, 'process_cpu_seconds_total')) },
    { name: 'threads', value: count(total(now, 'process_threads')) },
    { name: 'open files', value: count(total(now, 'process_open_fds')) },
  ];
}

/**
 * By reason, most first; those that never happened are left out.
 * @param {Sample | null} before
 * @param {Sample} now
 * @returns {readonly Figure[]}
 */
export function drops(before, now) {
  const name = 'webrtc_dropped_packets_total';
  return valuesOf(now, name, 'reason')
    .map((reason) => ({ reason, all: total(now, name, { reason }) ?? 0, now: rate(before, now, name, { reason }) }))
    .filter(({ all }) => all > 0)
    .sort((a, b) => b.all - a.all)
    .map(({ reason, all, now: rateNow }) => ({
      name: reason,
      value: `${count(all)} (${perSecondText(rateNow, '')})`,
    }));
}

/**
 * @param {number | null} connected
 * @param {number | null} limit
 */
const isFull = (connected, limit) => connected !== null && limit !== null && connected >= limit;

/**
 * @param {number | null} value
 * @param {number} limit
 */
const isAbove = (value, limit) => value !== null && value > limit;
