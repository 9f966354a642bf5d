import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '../../../src/base/errors.ts';
import { planOffer, type OfferSettings } from '../../../src/sdp/offer.ts';
import { hasSlot, mediaSections } from '../../../src/sdp/plan.ts';
import type { MediaSection, OfferPlan } from '../../../src/sdp/types.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');

export const offerNames = readdirSync(join(FIXTURES, 'offers')).map((file) => file.replace(/\.sdp$/, ''));

export const readOffer = (name: string): string => readFileSync(join(FIXTURES, 'offers', `${name}.sdp`), 'utf8');
export const readAnswer = (name: string): string => readFileSync(join(FIXTURES, 'answers', `${name}.sdp`), 'utf8');

/** Numbers that look drawn and are the same in every run; the answers in the fixtures were made with them. */
export function sequence(): () => number {
  let last = 0;
  return () => (last = (last + 0.137) % 1);
}

export const settings = (changes: Partial<OfferSettings> = {}): OfferSettings => ({
  maxSlots: 16,
  videoCodec: 'vp8',
  candidates: { allowLoopback: false, deny: { contains: () => false } },
  random: sequence(),
  ...changes,
});

export const plan = (text: string, changes: Partial<OfferSettings> = {}): OfferPlan =>
  planOffer(text, settings(changes));

/** The media sections of a plan. */
export const media = (text: string, changes: Partial<OfferSettings> = {}): readonly MediaSection[] =>
  mediaSections(plan(text, changes));

export const slotIndexes = (sections: readonly MediaSection[]): string[] =>
  sections.filter(hasSlot).map(({ kind, slot }) => `${kind}${slot.index}`);

/** The error an offer is refused with, or null. Anything but a ServiceError is a bug and goes through. */
export function refusal(text: string, changes: Partial<OfferSettings> = {}): ServiceError | null {
  try {
    plan(text, changes);
    return null;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

/** Replaces, and insists that there was something to replace. */
export function edit(text: string, what: string | RegExp, by: string): string {
  const found = typeof what === 'string' ? text.includes(what) : text.search(what) >= 0;
  if (!found) throw new Error(`nothing to edit: ${String(what)}`);
  return text.replace(what, () => by);
}

/** Changes one section only; 0 is the first. */
export function editSection(text: string, index: number, change: (section: string) => string): string {
  const [session = '', ...sections] = text.split(/(?=^m=)/m);
  const section = sections[index];
  if (section === undefined) throw new Error(`no section ${index}`);
  sections[index] = change(section);
  return [session, ...sections].join('');
}

/** Adds a line at the end of a section. */
export const addLine = (text: string, index: number, line: string): string =>
  editSection(text, index, (section) => `${section}${line}\r\n`);
