import { execFileSync, spawnSync } from 'node:child_process';

/** What another implementation finds in a file. */
export interface Played {
  readonly streams: readonly PlayedStream[];
  /** Where the last packet of all ends, s. */
  readonly end: number;
  /** What ffmpeg complains of when it decodes every packet; empty where all is well. */
  readonly complaints: string;
}

export interface PlayedStream {
  readonly codec: string;
  readonly packets: number;
  readonly start: number;
  readonly end: number;
  /** The largest distance between two packets, s. */
  readonly largestStep: number;
  readonly corrupt: number;
  readonly beginsWithKey: boolean;
  /** Of its packets, s, in the order of time. */
  readonly times: readonly number[];
}

interface Packet {
  readonly stream_index: number;
  readonly pts_time?: string;
  readonly duration_time?: string;
  readonly flags: string;
}

/** Complaints of a file that may end in the middle of a packet, which is not played. */
export const TORN_AT_MOST = /^(.*File ended prematurely\n)?$/;

/** Reads and decodes a whole file. */
export function play(path: string): Played {
  const show = 'stream=index,codec_name:packet=stream_index,pts_time,duration_time,flags';
  const { streams, packets } = JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', show, '-of', 'json', path], {
      maxBuffer: 2 ** 28,
    }).toString(),
  ) as { streams: { index: number; codec_name: string }[]; packets: Packet[] };
  const found = streams.map(({ index, codec_name }) =>
    streamOf(
      codec_name,
      packets.filter((packet) => packet.stream_index === index),
    ),
  );
  return { streams: found, end: Math.max(0, ...found.map(({ end }) => end)), complaints: decode(path) };
}

function streamOf(codec: string, packets: readonly Packet[]): PlayedStream {
  const times = packets.map(({ pts_time }) => Number(pts_time)).sort((a, b) => a - b);
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const last = packets.at(-1);
  return {
    codec,
    packets: packets.length,
    start: times[0] ?? 0,
    end: (times.at(-1) ?? 0) + Number(last?.duration_time ?? 0),
    largestStep: Math.max(0, ...steps),
    beginsWithKey: packets[0]?.flags.includes('K') ?? false,
    corrupt: packets.filter(({ flags }) => flags.includes('C')).length,
    times,
  };
}

function decode(path: string): string {
  const args = ['-nostdin', '-v', 'repeat+error', '-xerror', '-i', path, '-map', '0', '-f', 'null', '-'];
  const { stderr, error } = spawnSync('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (error !== undefined) throw error;
  // The null muxer counts in the stream's frame rate, which for a camera is a guess: pictures may share a count.
  return stderr
    .toString()
    .split(/(?<=\n)/)
    .filter((line) => !line.startsWith('[null @'))
    .join('');
}

/** What the head of a file says, s; NaN where it says nothing. */
export const durationIn = (path: string): number =>
  Number(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path])
      .toString()
      .trim(),
  );
