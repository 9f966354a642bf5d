// Microphones, cameras and speakers of this machine.

/** Pictures are forwarded as they are sent, to many small tiles: more than this would be decoded for nothing. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24 } };

/**
 * @typedef {{ track: MediaStreamTrack | null, error: { name: string } | null }} Opened
 */

/**
 * Asks for one device. What is wrong is a value: one can join without.
 * @param {'audio' | 'video'} kind
 * @param {string} deviceId empty: the browser chooses
 * @returns {Promise<Opened>}
 */
export async function open(kind, deviceId) {
  if (navigator.mediaDevices === undefined) return { track: null, error: { name: 'InsecureContext' } };
  const device = {
    ...(kind === 'video' ? PICTURE : {}),
    ...(deviceId === '' ? {} : { deviceId: { ideal: deviceId } }),
  };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: device });
    return { track: stream.getTracks()[0] ?? null, error: null };
  } catch (error) {
    return { track: null, error: error instanceof Error ? error : { name: 'UnknownError' } };
  }
}

/** Asks for the screen; null where the user thought better of it. */
export async function openScreen() {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } }, audio: false });
    return stream.getVideoTracks()[0] ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotAllowedError') return null;
    throw error;
  }
}

export const canShareScreen = () => navigator.mediaDevices?.getDisplayMedia !== undefined;
export const canChooseSpeaker = () => 'setSinkId' in HTMLMediaElement.prototype;

/**
 * Fills the lists; what was chosen stays chosen. Before the user allows a device the browser tells neither id nor name.
 * @param {Record<'audioinput' | 'videoinput' | 'audiooutput', HTMLSelectElement>} lists
 */
export async function fill(lists) {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  for (const [kind, list] of Object.entries(lists)) {
    const { value } = list;
    const there = devices.filter((device) => device.kind === kind && device.deviceId !== '');
    const options = there.map(({ deviceId, label }, index) => new Option(label || `Device ${index + 1}`, deviceId));
    list.replaceChildren(...(options.length > 0 ? options : [new Option('The one the browser chooses', '')]));
    if (there.some(({ deviceId }) => deviceId === value)) list.value = value;
  }
}
