import type { MediaKind } from '../../sdp/types.ts';
import type { MediaPeerReport, StreamQuality } from '../types.ts';

/** What node-gst makes of webrtcbin's `get-stats`: an entry for each thing, by its id. */
export type Stats = Readonly<Record<string, unknown>>;

/** Steps of the fraction lost in a report (RFC 3550 §6.4.1). */
const FRACTION_STEPS = 256;

/** Reads the numbers that mean the same for every media plane; the rest stays as webrtcbin says it. */
export function reportOf(stats: Stats): MediaPeerReport {
  const streams = Object.values(stats).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    if (entry['type'] === 'inbound-rtp') return received(entry);
    if (entry['type'] === 'remote-inbound-rtp') return sent(entry);
    return [];
  });
  return { streams, details: stats };
}

/** What the client sends, by our own count. */
function received(entry: Stats): StreamQuality {
  const source = isRecord(entry['gst-rtpsource-stats']) ? entry['gst-rtpsource-stats'] : {};
  const fraction = source['sent-rb'] === true ? numberOf(source['sent-rb-fractionlost']) : null;
  const lost = numberOf(source['packets-lost']);
  return {
    direction: 'received',
    kind: kindOf(entry),
    // Below 0 where packets came twice.
    packetsLost: lost === null ? null : Math.max(lost, 0),
    fractionLost: fraction === null ? null : fraction / FRACTION_STEPS,
    roundTripTime: null,
    jitter: numberOf(entry['jitter']),
  };
}

/** What we send, by the client's reports. */
function sent(entry: Stats): StreamQuality {
  const lost = numberOf(entry['packets-lost']);
  const roundTripTime = numberOf(entry['round-trip-time']);
  return {
    direction: 'sent',
    kind: kindOf(entry),
    packetsLost: lost === null ? null : Math.max(lost, 0),
    fractionLost: numberOf(entry['fraction-lost']),
    // 0 where the client has answered no sender report yet.
    roundTripTime: roundTripTime === 0 ? null : roundTripTime,
    jitter: numberOf(entry['jitter']),
  };
}

const isRecord = (value: unknown): value is Stats =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;

const kindOf = ({ kind }: Stats): MediaKind | null => (kind === 'audio' || kind === 'video' ? kind : null);
