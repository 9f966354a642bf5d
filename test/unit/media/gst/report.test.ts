import type { ReceiverFigures, SourceFigures } from 'node-gst';
import type { Ssrc } from '../../../../src/base/ids.ts';
import { streamsOf } from '../../../../src/media/gst/report.ts';
import type { OfferPlan, SectionPlan } from '../../../../src/sdp/types.ts';
import { offerPlan } from '../../../support/offers.ts';

const [VOICE, FACE, RESENDS, STRANGER] = [10, 20, 21, 99] as Ssrc[] as [Ssrc, Ssrc, Ssrc, Ssrc];

const withSsrcs = (section: SectionPlan, ssrcs: readonly Ssrc[]): SectionPlan =>
  section.type === 'media' ? { ...section, ssrcs } : section;

/** Sound and picture both ways; `named`: the offer says which SSRCs it has, that of resends too. */
const plan = (named: boolean): OfferPlan => {
  const made = offerPlan('audio both', 'video both', 'audio slot');
  const sections = made.sections.map((section, i) => withSsrcs(section, named ? ([[VOICE], [FACE], []][i] ?? []) : []));
  return { ...made, sections, ssrcs: new Set(named ? [VOICE, FACE, RESENDS] : []) };
};

const source = (ssrc: Ssrc, clockRate: number, more: Partial<SourceFigures> = {}): SourceFigures => ({
  ...{ ssrc, clockRate, packets: 100, lost: 3, loss: 0.25, jitterMs: 20 },
  ...more,
});

const receiver = (rttMs: number | null): ReceiverFigures => ({
  ...{ loss: 0.1, transportLoss: null, queueMs: null, rttMs, jitterMs: 20, receivedBitrate: null, bitrateLimit: null },
  ...{ lost: 9, askedAgain: 5, resent: 4 },
  streams: [
    { mline: 1, loss: 0.25, lost: 9, jitterMs: 20 },
    { mline: 2, loss: 0, lost: 0, jitterMs: 0 },
    { mline: 7, loss: 0, lost: 0, jitterMs: 0 },
  ],
});

const kinds = (sources: readonly SourceFigures[], named: boolean) =>
  streamsOf({ sources, receiver: null }, plan(named)).map(({ kind }) => kind);

it('says how what a client sends fares, by our own count', () => {
  expect(streamsOf({ sources: [source(VOICE, 48_000)], receiver: null }, plan(true))).toEqual([
    { direction: 'received', kind: 'audio', packetsLost: 3, fractionLost: 0.25, roundTripTime: null, jitter: 0.02 },
  ]);
  const unreported = [source(VOICE, 48_000, { loss: null })];
  expect(streamsOf({ sources: unreported, receiver: null }, plan(true))).toMatchObject([{ fractionLost: null }]);
});

it('knows what is sent by its section, and where no section names it by its clock', () => {
  const sources = [source(VOICE, 48_000), source(FACE, 90_000), source(STRANGER, 90_000), source(STRANGER, 8_000)];
  expect(kinds(sources, true)).toEqual(['audio', 'video', 'video', null]);
  expect(kinds(sources, false)).toEqual(['audio', 'video', 'video', null]);
});

it('leaves resends out', () => {
  expect(kinds([source(FACE, 90_000), source(RESENDS, 90_000)], true)).toEqual(['video']);
});

it('says how what a client is sent fares, by what it reports', () => {
  const streams = streamsOf({ sources: [], receiver: receiver(40) }, plan(true));
  expect(streams).toEqual([
    { direction: 'sent', kind: 'video', packetsLost: 9, fractionLost: 0.25, roundTripTime: 0.04, jitter: 0.02 },
    { direction: 'sent', kind: 'audio', packetsLost: 0, fractionLost: 0, roundTripTime: 0.04, jitter: 0 },
    { direction: 'sent', kind: null, packetsLost: 0, fractionLost: 0, roundTripTime: 0.04, jitter: 0 },
  ]);
  expect(streamsOf({ sources: [], receiver: receiver(null) }, plan(true))[0]?.roundTripTime).toBeNull();
});
