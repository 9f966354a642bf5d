import type { Sanitizer } from './sanitizers.ts';

/** Tests of the addon that have a time in them which a sanitizer may need more than, and what that is. */
export const TIMED: Readonly<Record<Sanitizer, Readonly<Record<string, string>>>> = {
  'address,undefined': {},
  thread: {},
};
