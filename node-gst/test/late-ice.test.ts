/** What ICE still tells of a connection that has ended: webrtcbin takes it for a reason to hold on to its receiving side. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerMedia } from 'node-gst';
import type { GstObject } from 'node-gst';
import { run } from './support/programs.ts';
import { allGone, connect, openFds, Peer, until } from './support.ts';

/** NiceComponentState. */
const STATES = { connecting: 2, failed: 5 };
/** Longer than it takes to close what is closed. */
const REST_MS = 500;

afterEach(allGone, 15_000);

/** Both ends up and down again; with what the server's ICE tells once that is in NULL. */
async function upAndDown(late: number | null): Promise<void> {
  const [client, server] = [new Peer('client'), new Peer('server')];
  const media = peerMedia(server.bin, { csrc: 1, tracks: [], slots: [] });
  for (const { pipeline } of [client, server]) await pipeline.setState('PLAYING');
  const channel = client.bin.emit('create-data-channel', 'events', null) as GstObject;
  await connect(client, server);
  const ice = server.bin.get('ice-agent') as GstObject;
  media.close();
  await server.pipeline.setState('NULL');
  if (late !== null) ice.emit('add-local-ip-address', `state ${late}`);
  for (const object of [ice, channel]) object.dispose();
  await Promise.all([client.close(), server.close()]);
}

function loadTeller(): void {
  const folder = mkdtempSync(join(tmpdir(), 'late-ice-'));
  try {
    const [source, library] = [join(import.meta.dirname, 'support/late-ice.cc'), join(folder, 'late-ice.node')];
    const flags = run('pkg-config', ['--cflags', '--libs', 'gobject-2.0']).output.trim().split(/\s+/);
    const built = run('g++', ['-std=c++20', '-shared', '-fPIC', source, '-o', library, ...flags]);
    if (built.status !== 0) throw new Error(built.output);
    process.dlopen({ exports: {} }, library);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Some are closed a moment later. */
async function fdsAtRest(): Promise<number> {
  let [last, since] = [openFds(), performance.now()];
  await until('descriptors come to rest', () => {
    const now = openFds();
    if (now !== last) [last, since] = [now, performance.now()];
    return performance.now() - since > REST_MS;
  });
  return last;
}

test('nothing is left of it, whatever that is', async () => {
  // Whatever the process opens once.
  await upAndDown(null);
  loadTeller();
  const before = await fdsAtRest();
  for (const state of Object.values(STATES)) {
    await upAndDown(state);
    expect(await fdsAtRest()).toBeLessThanOrEqual(before);
  }
}, 60_000);
