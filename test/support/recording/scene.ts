// A conversation that is recorded while something happens to the recorder: whether anybody noticed, and what was recorded.
import { join } from 'node:path';
import type { Recording } from '../../../src/recording/service/recording.ts';
import { eventually } from '../eventually.ts';
import type { MediaClient } from '../media-client.mjs';
import type { ClipPacket } from '../vp8-clip.mjs';
import { play, TORN_AT_MOST } from './ffprobe.ts';
import type { LiveRoom } from './live-room.ts';

/** On the way through a machine that does other things, too. What happens to recorders here lasts longer. */
const LATE_MS = 2_000;
/** About two seconds of talk; fewer packets without a loss would prove little. */
const ENOUGH_PACKETS = 100;

export interface Scene {
  readonly room: LiveRoom;
  readonly recording: Recording;
  /** Ends the talking; what everybody heard since the recording began is whole, and came in time. */
  readonly conversationIsWhole: () => Promise<void>;
}

/** Two who talk and see each other are recorded; ann shows a picture. */
export async function recordedPair(room: LiveRoom, clip: ClipPacket[]): Promise<Scene> {
  const [ann, ben] = await room.pair(clip);
  const since = performance.now();
  const recording = await room.record();
  const conversationIsWhole = async (): Promise<void> => {
    await talkIsWhole(ann, ben, since);
    expect(room.faults).toEqual([]);
  };
  return { room, recording, conversationIsWhole };
}

/** Ends the talking of two, once enough was said; what they heard of each other since then is whole, and came in time. */
export async function talkIsWhole(ann: MediaClient, ben: MediaClient, since: number): Promise<void> {
  const said = (): number => Math.min(ben.heardOf(ann, since).sent, ann.heardOf(ben, since).sent);
  await eventually('enough is said', () => (said() >= ENOUGH_PACKETS ? true : null));
  for (const client of [ann, ben]) client.quiet();
  await heardWhole(ben, ann, since);
  await heardWhole(ann, ben, since);
}

/** Of what one sent since then, the other heard all, once, and in time. */
async function heardWhole(listener: MediaClient, publisher: MediaClient, since: number): Promise<void> {
  await eventually('the last packet', () => (listener.heardOf(publisher, since).lost === 0 ? true : null), 2).catch(
    () => undefined,
  );
  const { sent, lost, twice, latencies } = listener.heardOf(publisher, since);
  expect(sent).toBeGreaterThanOrEqual(ENOUGH_PACKETS);
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
  expect(latencies.at(-1)).toBeLessThan(LATE_MS);
  expect(listener.errors).toEqual([]);
}

/** Time is what it is about: so much is said meanwhile. */
export const talkedFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Each file can be decoded; one on a full disk ends in the middle of a packet. */
export const playsWell = (recording: Recording, segments = recording.manifest.segments): void => {
  for (const { files, closed } of segments) {
    const allowed = closed === 'error' ? TORN_AT_MOST : /^$/;
    for (const { name } of files) {
      const { complaints } = play(join(recording.directory, name));
      expect({ name, complaints }).toEqual({ name, complaints: expect.stringMatching(allowed) });
    }
  }
};
