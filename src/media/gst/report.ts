import type { ReceiverFigures, SourceFigures, StreamFigures } from 'node-gst';
import { mediaSections, publishes } from '../../sdp/plan.ts';
import type { MediaKind, OfferPlan } from '../../sdp/types.ts';
import type { LineFigures, StreamQuality } from '../types.ts';

/** What node-gst knows of the streams of one peer. */
export interface Figures {
  /** What it sends, as we count it. */
  readonly sources: readonly SourceFigures[];
  /** What it is sent, as it reports. */
  readonly receiver: ReceiverFigures | null;
}

export const UNKNOWN_LINE: LineFigures = { loss: null, queueMs: null };

export const lineOf = (receiver: ReceiverFigures | null): LineFigures =>
  receiver === null ? UNKNOWN_LINE : { loss: receiver.transportLoss, queueMs: receiver.queueMs };

const MILLISECONDS = 1000;

/** How the streams of a peer fare, in the words of every media plane. */
export const streamsOf = ({ sources, receiver }: Figures, plan: OfferPlan): readonly StreamQuality[] => [
  ...sources.flatMap((source) => received(source, plan)),
  ...(receiver?.streams ?? []).map((stream) => sent(stream, receiver?.rttMs ?? null, plan)),
];

function received(source: SourceFigures, plan: OfferPlan): StreamQuality[] {
  const kind = kindOf(source, plan);
  if (kind === 'resends') return [];
  return [
    {
      direction: 'received',
      kind,
      packetsLost: source.lost,
      fractionLost: source.loss,
      roundTripTime: null,
      jitter: source.jitterMs / MILLISECONDS,
    },
  ];
}

function kindOf({ ssrc, clockRate }: SourceFigures, plan: OfferPlan): MediaKind | 'resends' | null {
  const sections = mediaSections(plan).filter(publishes);
  const own = sections.find(({ ssrcs }) => ssrcs.includes(ssrc as (typeof ssrcs)[number]));
  if (own !== undefined) return own.kind;
  // The offer names it, and not as a stream that is to be forwarded.
  if (([...plan.ssrcs] as number[]).includes(ssrc)) return 'resends';
  return sections.find(({ codec }) => codec.clockRate === clockRate)?.kind ?? null;
}

const sent = (
  { mline, lost, loss, jitterMs }: StreamFigures,
  rttMs: number | null,
  plan: OfferPlan,
): StreamQuality => ({
  direction: 'sent',
  kind: mediaSections(plan).find((section) => section.mline === mline)?.kind ?? null,
  packetsLost: lost,
  fractionLost: loss,
  roundTripTime: rttMs === null ? null : rttMs / MILLISECONDS,
  jitter: jitterMs / MILLISECONDS,
});
