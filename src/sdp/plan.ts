import type { DataSection, MediaSection, OfferPlan, SectionPlan, SlotPlan } from './types.ts';

/** What others ask of a plan. */

export const isMedia = (section: SectionPlan): section is MediaSection => section.type === 'media';
export const isData = (section: SectionPlan): section is DataSection => section.type === 'data';

export const mediaSections = (plan: OfferPlan): readonly MediaSection[] => plan.sections.filter(isMedia);

/** The client sends media in this section. */
export const publishes = (section: MediaSection): boolean => section.use === 'both' || section.use === 'publish';

/** The client receives media in this section. */
export const hasSlot = (section: MediaSection): section is MediaSection & { readonly slot: SlotPlan } =>
  section.slot !== null;
