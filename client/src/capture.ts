import { captureError, CallError } from './core/errors.ts';
import type { Kind, Options } from './types.ts';

export interface Captured {
  readonly tracks: ReadonlyMap<Kind, MediaStreamTrack>;
  /** Those that were asked for here, and are to be stopped. */
  readonly own: readonly MediaStreamTrack[];
}

/** Asks for what is not a track already; for both in one question. */
export async function capture({ audio = false, video = false }: Pick<Options, 'audio' | 'video'>): Promise<Captured> {
  const given = [audio, video].filter((each) => each instanceof MediaStreamTrack);
  const wanted = {
    audio: audio instanceof MediaStreamTrack ? false : audio,
    video: video instanceof MediaStreamTrack ? false : video,
  };
  const own = wanted.audio === false && wanted.video === false ? [] : await ask(wanted);
  return { tracks: new Map([...given, ...own].map((track) => [track.kind as Kind, track])), own };
}

async function ask(wanted: MediaStreamConstraints): Promise<readonly MediaStreamTrack[]> {
  const { mediaDevices } = navigator as Partial<Navigator>;
  if (mediaDevices === undefined) throw new CallError(isSecureContext ? 'unsupported' : 'insecure-context');
  try {
    return (await mediaDevices.getUserMedia(wanted)).getTracks();
  } catch (error) {
    throw captureError(error, await missingKind(mediaDevices, wanted));
  }
}

/** Which of the devices that are wanted is not there; the microphone where it cannot be told. */
async function missingKind(mediaDevices: MediaDevices, { audio, video }: MediaStreamConstraints): Promise<Kind> {
  if (audio === false) return 'video';
  if (video === false) return 'audio';
  const devices = await mediaDevices.enumerateDevices().catch(() => []);
  return devices.some(({ kind }) => kind === 'audioinput') ? 'video' : 'audio';
}
