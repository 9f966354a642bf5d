// A disk that stands still for 10 s while a conversation is recorded on it: nothing is lost, neither here nor there.
import { jest } from '@jest/globals';
import { Disk, mayMount } from '../support/recording/disks.ts';
import { LiveRoom, opened } from '../support/recording/live-room.ts';
import { playsWell, recordedPair, talkedFor } from '../support/recording/scene.ts';
import { vp8Clip } from '../support/vp8-clip.mjs';

jest.setTimeout(120_000);

const STALL_MS = 10_000;

(mayMount ? test : test.skip)('a disk that stands still for 10 s (needs root, to mount one)', async () => {
  const disk = Disk.onLoop(256);
  const room = await LiveRoom.open({ directory: disk.directory });
  try {
    const { recording, conversationIsWhole } = await recordedPair(room, await vp8Clip(10));
    await opened(recording, 3);
    disk.freeze();
    await talkedFor(STALL_MS);
    disk.thaw();
    await talkedFor(2_000);
    await recording.stop('the test');
    await conversationIsWhole();

    playsWell(recording);
    const { segments, overflowPackets, troubles } = recording.manifest;
    expect({ overflowPackets, troubles }).toEqual({ overflowPackets: 0, troubles: [] });
    for (const { closed, tracks, durationMs } of segments) {
      expect([closed, tracks[0]?.counted?.lost]).toEqual(['stopped', 0]);
      expect(durationMs).toBeGreaterThan(STALL_MS);
    }
  } finally {
    disk.thaw();
    await room.close();
    disk.close();
  }
});
