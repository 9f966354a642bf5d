import type { ReceiverFigures, StreamFigures } from 'node-gst';
import type { MediaKind } from '../../sdp/types.ts';
import type { MediaPeerReport, StreamQuality } from '../types.ts';

/** What node-gst makes of webrtcbin's `get-stats`: an entry for each thing, by its id. */
export type Stats = Readonly<Record<string, unknown>>;

/** Steps of the fraction lost in a report (RFC 3550 §6.4.1). */
const FRACTION_STEPS = 256;
const MILLISECONDS = 1000;

/**
 * Reads the numbers that mean the same for every media plane; the rest stays as webrtcbin says it. Where media leaves past
 * webrtcbin, `receiver` is what the client said of it, and `kindOf` tells what is in a section.
 */
export function reportOf(
  stats: Stats,
  receiver: ReceiverFigures | null = null,
  kindOf: (mline: number) => MediaKind | null = () => null,
): MediaPeerReport {
  const streams = Object.values(stats).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    if (entry['type'] === 'inbound-rtp') return received(entry);
    if (entry['type'] === 'remote-inbound-rtp') return sent(entry);
    return [];
  });
  if (receiver === null) return { streams, details: stats };
  const direct = receiver.streams.map((stream) => sentDirectly(stream, receiver.rttMs, kindOf(stream.mline)));
  return { streams: [...streams, ...direct], details: { ...stats, receiver } };
}

/** What the client sends, by our own count. */
function received(entry: Stats): StreamQuality {
  const source = isRecord(entry['gst-rtpsource-stats']) ? entry['gst-rtpsource-stats'] : {};
  const fraction = source['sent-rb'] === true ? numberOf(source['sent-rb-fractionlost']) : null;
  const lost = numberOf(source['packets-lost']);
  return {
    direction: 'received',
    kind: kindIn(entry),
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
    kind: kindIn(entry),
    packetsLost: lost === null ? null : Math.max(lost, 0),
    fractionLost: numberOf(entry['fraction-lost']),
    // 0 where the client has answered no sender report yet.
    roundTripTime: roundTripTime === 0 ? null : roundTripTime,
    jitter: numberOf(entry['jitter']),
  };
}

const sentDirectly = (stream: StreamFigures, rttMs: number | null, kind: MediaKind | null): StreamQuality => ({
  direction: 'sent',
  kind,
  packetsLost: stream.lost,
  fractionLost: stream.loss,
  roundTripTime: rttMs === null ? null : rttMs / MILLISECONDS,
  jitter: stream.jitterMs / MILLISECONDS,
});

const isRecord = (value: unknown): value is Stats =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;

const kindIn = ({ kind }: Stats): MediaKind | null => (kind === 'audio' || kind === 'video' ? kind : null);
