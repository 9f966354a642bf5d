import { execFileSync } from 'node:child_process';

export type Rgb = readonly [number, number, number];

/** What is seen at these places of a picture (shares of its width and height), at these times, s. */
export function coloursAt(
  path: string,
  times: readonly number[],
  places: readonly (readonly [number, number])[],
): Rgb[][] {
  const [columns, rows] = [64, 36];
  const pixels = times.map((time) => {
    const shot = ['-frames:v', '1', '-vf', `scale=${columns}:${rows}:flags=neighbor`, '-pix_fmt', 'rgb24'];
    // From the beginning, so that it is this frame and not a key frame near it.
    const args = ['-nostdin', '-v', 'error', '-i', path, '-ss', String(time), ...shot, '-f', 'rawvideo', '-'];
    return execFileSync('ffmpeg', args);
  });
  return pixels.map((data) =>
    places.map(([x, y]) => {
      const at = 3 * (Math.floor(y * rows) * columns + Math.floor(x * columns));
      return [data[at]!, data[at + 1]!, data[at + 2]!] as const;
    }),
  );
}

/** The name of the nearest of some colours; `other` where none is near. */
export function nameOf([r, g, b]: Rgb, colours: Readonly<Record<string, Rgb>>): string {
  const distances = Object.entries(colours).map(([name, [red, green, blue]]) => ({
    name,
    distance: Math.hypot(red - r, green - g, blue - b),
  }));
  const [nearest] = distances.sort((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance < 60 ? nearest.name : 'other';
}

const RATE = 8_000;

/** Whole waves of every tone that is a multiple of 10 Hz; so short that a tone may be a little off. */
const WINDOW = RATE / 10;

/** How strong a tone is in each piece of this many tenths of a second of a sound: dB, -Infinity for silence. */
export function levels(path: string, frequency: number, tenths = 10): number[] {
  const args = ['-nostdin', '-v', 'error', '-i', path, '-ac', '1', '-ar', String(RATE), '-f', 'f32le', '-'];
  const data = execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
  const samples = new Float32Array(new Uint8Array(data).buffer);
  const powers = Array.from(
    { length: Math.floor(samples.length / WINDOW) },
    (_, index) => amplitude(samples.subarray(index * WINDOW, (index + 1) * WINDOW), frequency) ** 2,
  );
  return Array.from({ length: Math.ceil(powers.length / tenths) }, (_, index) => {
    const piece = powers.slice(index * tenths, (index + 1) * tenths);
    return 10 * Math.log10(piece.reduce((sum, power) => sum + power, 0) / piece.length);
  });
}

/** By one term of the Fourier transform. */
function amplitude(samples: Float32Array, frequency: number): number {
  const step = (2 * Math.PI * frequency) / RATE;
  let [re, im] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    re += sample * Math.cos(index * step);
    im += sample * Math.sin(index * step);
  }
  return (2 * Math.hypot(re, im)) / samples.length;
}

/** Width and height of a picture. */
export const sizeOf = (path: string): number[] =>
  execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', path])
    .toString()
    .trim()
    .split(',')
    .filter((text) => text !== '')
    .map(Number);
