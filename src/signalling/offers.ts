import { parseCandidate, parseTrickle } from '../sdp/candidate.ts';
import { planOffer, type OfferSettings } from '../sdp/offer.ts';
import type { Candidate, OfferPlan } from '../sdp/types.ts';
import type { OfferPorts } from './types.ts';

/** Reads the client's messages by the settings of this deployment. */
export const offerPorts = (settings: OfferSettings): OfferPorts => ({
  plan: (offer) => planOffer(offer, settings),
  trickle: (message, plan) => trickled(message, plan, settings),
});

const trickled = (message: string, plan: OfferPlan, settings: OfferSettings): Candidate | null => {
  const line = parseTrickle(message);
  const first = plan.sections[0];
  if (line === null || first === undefined) return null;
  // The message does not say which section it is for; all share one transport.
  const candidate = parseCandidate(line, { mline: first.mline, mid: first.mid }, settings.candidates);
  return typeof candidate === 'object' ? candidate : null;
};
