// What can be wrong with a microphone or a camera, in plain words.

const NAMES = { audio: 'microphone', video: 'camera' };

/**
 * @param {'audio' | 'video'} kind
 * @param {{ name: string }} error of `getUserMedia`
 * @returns {string}
 */
export function problemOf(kind, { name }) {
  const device = NAMES[kind];
  switch (name) {
    case 'InsecureContext':
      return `The browser gives no ${device} to this address. Open the page by https, or on this machine as http://localhost.`;
    case 'NotAllowedError':
    case 'SecurityError':
      return `The ${device} is not allowed. Allow it at the address bar of the browser, then try again.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${device} was found. Plug one in, or choose another.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${device} cannot be used: another program may have it. Close that one, then try again.`;
    default:
      return `The ${device} cannot be used (${name}).`;
  }
}
