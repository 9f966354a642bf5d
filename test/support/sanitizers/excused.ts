/** Tests of the addon that may fail under a sanitizer, by their names, and why. All others have to pass. */
export const EXCUSED: Readonly<Record<string, string>> = {
  'process: memory that nobody uses any more is given back': 'of malloc, and here that is the one of the sanitizer',
};
