import type { Flow, Kind, Quality, SlotStats, Stats, TrackStats } from '../types.ts';
import type { Slot } from './messages.ts';

/** One report of `getStats`. */
export type Report = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/** The counters of one stream. */
interface Stream {
  readonly mid: string;
  readonly kind: Kind;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  readonly level: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly bufferDelay: number;
  readonly buffered: number;
}

/** What `getStats` said at one time. */
export interface Sample {
  /** ms */
  readonly at: number;
  readonly rtt: number | null;
  /** Grows with every packet and every answer to STUN. */
  readonly signs: number;
  readonly sent: readonly Stream[];
  readonly received: readonly Stream[];
}

const numberIn = (report: Report | undefined, name: string): number | null => {
  const value = report?.[name];
  return typeof value === 'number' ? value : null;
};

const countIn = (report: Report | undefined, name: string): number => numberIn(report, name) ?? 0;

/** @param midOf the section of a report, for browsers that do not name it */
export function sampleOf(reports: readonly Report[], at: number, midOf: (report: Report) => string | null): Sample {
  const ofType = (type: string): readonly Report[] => reports.filter((report) => report.type === type);
  const pairs = ofType('candidate-pair');
  const inbound = ofType('inbound-rtp');
  const pair = pairs.find((each) => each['nominated'] === true && each['state'] === 'succeeded');
  const rtt = numberIn(pair, 'currentRoundTripTime');
  const received = inbound.flatMap((report) => streamOf(report, report, 'bytesReceived', 'packetsReceived', midOf));
  return {
    at,
    rtt: rtt === null ? null : rtt * 1_000,
    signs: [...pairs, ...inbound]
      .flatMap((each) =>
        ['responsesReceived', 'requestsReceived', 'packetsReceived'].map((name) => countIn(each, name)),
      )
      .reduce((sum, count) => sum + count, 0),
    received,
    sent: ofType('outbound-rtp').flatMap((report) => {
      const source = reports.find(({ id }) => id === report['mediaSourceId']);
      const remote = ofType('remote-inbound-rtp').find((each) => each['localId'] === report.id);
      const [stream] = streamOf(report, source, 'bytesSent', 'packetsSent', midOf);
      return stream === undefined ? [] : [{ ...stream, lost: countIn(remote, 'packetsLost') }];
    }),
  };
}

function streamOf(
  report: Report,
  sound: Report | undefined,
  bytes: string,
  packets: string,
  midOf: (report: Report) => string | null,
): readonly Stream[] {
  const mid = typeof report['mid'] === 'string' ? report['mid'] : midOf(report);
  const kind = report['kind'];
  if (mid === null || (kind !== 'audio' && kind !== 'video')) return [];
  return [
    {
      mid,
      kind,
      bytes: countIn(report, bytes),
      packets: countIn(report, packets),
      lost: countIn(report, 'packetsLost'),
      level: kind === 'audio' ? numberIn(sound, 'audioLevel') : null,
      width: numberIn(report, 'frameWidth'),
      height: numberIn(report, 'frameHeight'),
      fps: numberIn(report, 'framesPerSecond'),
      bufferDelay: countIn(report, 'jitterBufferDelay'),
      buffered: countIn(report, 'jitterBufferEmittedCount'),
    },
  ];
}

/** Who is in a slot: the id of a participant. */
export type NameOf = (mid: string) => string | null;

/** What happened between two samples. */
export function statsOf(before: Sample, now: Sample, slots: readonly Slot[], nameOf: NameOf, date: number): Stats {
  const seconds = Math.max(0.001, (now.at - before.at) / 1_000);
  const flows = (streams: readonly Stream[], old: readonly Stream[], what: 'sent' | 'received'): readonly Counted[] =>
    streams.map((each) =>
      countedOf(
        each,
        old.find(({ mid }) => mid === each.mid),
        what,
      ),
    );
  const sent = flows(now.sent, before.sent, 'sent');
  const received = flows(now.received, before.received, 'received');
  const totals = { sent: total(sent, seconds), received: total(received, seconds) };
  return {
    at: date,
    rtt: now.rtt,
    quality: qualityOf(Math.max(totals.sent.loss ?? 0, totals.received.loss ?? 0), now.rtt),
    ...totals,
    tracks: sent.map((each) => trackOf(each, seconds)),
    slots: slots.map((slot) =>
      slotOf(
        slot,
        received.find(({ mid }) => mid === slot.mid),
        nameOf,
        seconds,
      ),
    ),
  };
}

/** A stream with what was added to its counters. */
type Counted = Stream & {
  readonly newBytes: number;
  readonly expected: number;
  readonly missing: number;
  readonly delay: number | null;
};

function countedOf(now: Stream, before: Stream | undefined, what: 'sent' | 'received'): Counted {
  const grown = (name: 'bytes' | 'packets' | 'lost' | 'bufferDelay' | 'buffered'): number =>
    Math.max(0, now[name] - (before?.[name] ?? 0));
  const missing = grown('lost');
  // Of what is sent the lost packets are among the sent ones, of what is received they are not.
  const expected = what === 'sent' ? grown('packets') : grown('packets') + missing;
  const delay = grown('buffered') === 0 ? null : (grown('bufferDelay') / grown('buffered')) * 1_000;
  return { ...now, newBytes: grown('bytes'), expected, missing: Math.min(missing, expected), delay };
}

function total(streams: readonly Counted[], seconds: number): Flow {
  const sum = (name: 'newBytes' | 'expected' | 'missing'): number => streams.reduce((all, each) => all + each[name], 0);
  return flowOf({ newBytes: sum('newBytes'), expected: sum('expected'), missing: sum('missing') }, seconds);
}

const flowOf = (
  { newBytes, expected, missing }: Pick<Counted, 'newBytes' | 'expected' | 'missing'>,
  seconds: number,
): Flow => ({ bitrate: (newBytes * 8) / seconds, loss: expected === 0 ? null : missing / expected });

function trackOf(stream: Counted, seconds: number): TrackStats {
  const { kind, level, width, height, fps } = stream;
  return { kind, ...flowOf(stream, seconds), level, width, height, fps };
}

/** A slot that nobody was ever in has no report. */
function slotOf(slot: Slot, stream: Counted | undefined, nameOf: NameOf, seconds: number): SlotStats {
  const { mid, kind, index } = slot;
  const flow = stream === undefined ? { kind, ...NO_FLOW } : trackOf(stream, seconds);
  return { ...flow, mid, index, participant: nameOf(mid), jitter: stream?.delay ?? null };
}

const NO_FLOW = { bitrate: 0, loss: null, level: null, width: null, height: null, fps: null };

/** As people notice it: ears forgive some loss, and half a second is where talking at the same time begins. */
export function qualityOf(loss: number, rtt: number | null): Quality {
  if (loss > 0.08 || (rtt ?? 0) > 500) return 'poor';
  return loss > 0.02 || (rtt ?? 0) > 250 ? 'fair' : 'good';
}
