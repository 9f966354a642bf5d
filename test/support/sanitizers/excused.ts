/** Tests of the addon that may fail under a sanitizer, by their names, and why. All others have to pass. */
export const EXCUSED: Readonly<Record<string, string>> = {
  'process: memory that nobody uses any more is given back': 'of malloc, and here that is the one of the sanitizer',
  'webrtc: 300 rounds of create, answer and close leave nothing behind':
    'it has a minute, and under the sanitizer of addresses, which unwinds the stack of each allocation, takes longer',
};
