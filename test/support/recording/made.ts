import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileFacts } from '../../../src/recording/file-facts.ts';
import { ManifestStore } from '../../../src/recording/manifest/store.ts';

/** A file of a recording that is made, not recorded: a colour or a tone, between these times of the recording, s. */
export interface MadePiece {
  readonly userid: string;
  /** A colour of ffmpeg, or a frequency. */
  readonly content: string | number;
  readonly from: number;
  readonly to: number;
  readonly size?: string;
  readonly codec?: 'h264';
  /** An Ogg file, as record-audio makes it. */
  readonly isOgg?: boolean;
}

export interface MadeOptions {
  readonly conversation?: string;
  /** When the recording began, ms since 1970. */
  readonly startMs?: number;
  /** Who was there without sending anything: from, to, s. */
  readonly silent?: readonly { readonly userid: string; readonly from: number; readonly to: number }[];
  /** The service was killed: nobody wrote down the end. */
  readonly isRunning?: boolean;
}

export const MADE_AT = Date.UTC(2026, 10, 22, 20);

/** A recording as the service would have written it, whose content is known. A track for each piece. */
export async function makeRecording(
  directory: string,
  pieces: readonly MadePiece[],
  { conversation = 'room', startMs = MADE_AT, silent = [], isRunning = false }: MadeOptions = {},
): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const store = ManifestStore.create(directory);
  const [recording, pipeline, requestedBy] = ['r1', 'record-track', 'admin'];
  store.add(startMs, { type: 'started', recording, conversation, pipeline, requestedBy });
  const users = [...new Set([...pieces, ...silent].map(({ userid }) => userid))];
  const csrcOf = (userid: string): number => users.indexOf(userid) + 1;
  for (const userid of users) {
    store.add(startMs, { type: 'participant', csrc: csrcOf(userid), userid, clientid: '' });
  }
  let ssrc = 0;
  const track = (userid: string, kind: 'audio' | 'video', codec: string, from: number, to: number): number => {
    ssrc += 1;
    store.add(startMs + from * 1000, { type: 'track', ssrc, csrc: csrcOf(userid), kind, codec, mid: '0' });
    if (!isRunning) store.add(startMs + to * 1000, { type: 'track-ended', ssrc });
    return ssrc;
  };
  for (const { userid, from, to } of silent) track(userid, 'audio', 'opus', from, to);
  for (const [index, piece] of pieces.entries()) {
    const { userid, content, from, to, codec = 'vp8' } = piece;
    const kind = typeof content === 'string' ? 'video' : 'audio';
    const tracks = [track(userid, kind, kind === 'audio' ? 'opus' : codec, from, to)];
    const name = makeFile(directory, `piece-${index}`, piece);
    const originMs = startMs + from * 1000;
    store.add(originMs, { type: 'segment-opened', segment: index, originMs, files: [name], tracks });
    if (isRunning) continue;
    const files = [await fileFacts(join(directory, name))];
    const facts = { ssrc, startMs: originMs, durationMs: (to - from) * 1000, counted: null };
    store.add(startMs + to * 1000, {
      type: 'segment-closed',
      segment: index,
      why: 'ended',
      files,
      tracks: [facts],
    });
  }
  if (!isRunning) store.add(startMs, { type: 'finished', interrupted: false, text: 'it was stopped' });
  await store.settled();
  return directory;
}

function makeFile(directory: string, name: string, { content, from, to, size, codec, isOgg }: MadePiece): string {
  const duration = `duration=${to - from}`;
  const [source, coding, end] =
    typeof content === 'number'
      ? [`sine=${duration}:r=48000:f=${content}`, ['-c:a', 'libopus', '-b:a', '64k'], isOgg === true ? 'ogg' : 'webm']
      : codec === 'h264'
        ? [picture(content, size, duration), ['-c:v', 'libx264', '-preset', 'ultrafast'], 'mkv']
        : [picture(content, size, duration), ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'], 'webm'];
  const file = `${name}.${end}`;
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source, ...coding, join(directory, file)]);
  return file;
}

const picture = (colour: string, size = '320x240', duration: string): string =>
  `color=${colour}:s=${size}:r=10:${duration}`;
