import type { CodecName } from './types.ts';

/** Names in lower case, in the order of the offer. */
export type FmtpParameters = ReadonlyMap<string, string>;

const NUMBER = /^\d{1,9}$/;

/**
 * The parameters that may go on to the media plane. There each becomes a field of the caps beside `payload`, `ssrc` or
 * `media`, so a name that is not known could overwrite one of those.
 */
const KNOWN: Readonly<Record<CodecName, Readonly<Record<string, RegExp>>>> = {
  opus: {
    maxplaybackrate: NUMBER,
    'sprop-maxcapturerate': NUMBER,
    maxaveragebitrate: NUMBER,
    minptime: NUMBER,
    maxptime: NUMBER,
    ptime: NUMBER,
    stereo: NUMBER,
    'sprop-stereo': NUMBER,
    cbr: NUMBER,
    useinbandfec: NUMBER,
    usedtx: NUMBER,
  },
  vp8: { 'max-fr': NUMBER, 'max-fs': NUMBER },
  h264: {
    'profile-level-id': /^[0-9a-f]{6}$/i,
    'packetization-mode': /^[01]$/,
    'level-asymmetry-allowed': /^[01]$/,
    'max-mbps': NUMBER,
    'max-smbps': NUMBER,
    'max-fs': NUMBER,
    'max-cpb': NUMBER,
    'max-dpb': NUMBER,
    'max-br': NUMBER,
  },
};

/** Reads `name=value;name=value`; of equal names the first counts. */
export function parseFmtp(texts: readonly string[]): FmtpParameters {
  const parameters = new Map<string, string>();
  for (const part of texts.flatMap((text) => text.split(';'))) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    if (!parameters.has(name)) parameters.set(name, part.slice(equals + 1).trim());
  }
  return parameters;
}

/** The text behind `a=fmtp:<pt> ` with the known parameters only; null where none is left. */
export function fmtpText(codec: CodecName, parameters: FmtpParameters): string | null {
  const known = new Map(Object.entries(KNOWN[codec]));
  const kept = [...parameters].filter(([name, value]) => known.get(name)?.test(value) ?? false);
  return kept.length === 0 ? null : kept.map(([name, value]) => `${name}=${value}`).join(';');
}
