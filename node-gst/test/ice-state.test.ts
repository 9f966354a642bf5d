/** What ICE tells at the wrong moment: webrtcbin takes it for a reason to block its receiving side. */
import { join } from 'node:path';
import { make, peerMedia } from 'node-gst';
import type { GstObject } from 'node-gst';
import { load } from './support/programs.ts';
import { allGone, connect, openFds, Peer, sendAudio, until } from './support.ts';

/** NiceComponentState. */
const STATES = { connecting: 2, failed: 5 };
/** Longer than it takes to close what is closed. */
const REST_MS = 500;

const NO_MEDIA = { csrc: 1, tracks: [], slots: [] };

beforeAll(() => {
  // Whose types the teller looks up.
  make('webrtcbin', 'first').dispose();
  load(join(import.meta.dirname, 'support/ice-teller.cc'), ['gobject-2.0']);
});
afterEach(allGone, 15_000);

/** Both ends up and down again; with what the server's ICE tells once that is in NULL. */
async function upAndDown(late: number | null): Promise<void> {
  const [client, server] = [new Peer('client'), new Peer('server')];
  const media = peerMedia(server.bin, NO_MEDIA);
  for (const { pipeline } of [client, server]) await pipeline.setState('PLAYING');
  const channel = client.bin.emit('create-data-channel', 'events', null) as GstObject;
  await connect(client, server);
  const ice = server.bin.get('ice-agent') as GstObject;
  media.close();
  await server.pipeline.setState('NULL');
  if (late !== null) tell(ice, late);
  for (const object of [ice, channel]) object.dispose();
  await Promise.all([client.close(), server.close()]);
}

const tell = (ice: GstObject, state: number): unknown => ice.emit('add-local-ip-address', `state ${state}`);

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

test('of a connection that has ended: nothing is left of it, whatever that is', async () => {
  // Whatever the process opens once.
  await upAndDown(null);
  const before = await fdsAtRest();
  for (const state of Object.values(STATES)) {
    await upAndDown(state);
    expect(await fdsAtRest()).toBeLessThanOrEqual(before);
  }
}, 60_000);

test.each(Object.entries(STATES))('of one that is up, that it is %s: packets go on coming in', async (_, state) => {
  const [client, server] = [new Peer('client'), new Peer('server')];
  sendAudio(client);
  server.bin.on('pad-added', null, { drain: true });
  const media = peerMedia(server.bin, NO_MEDIA);
  for (const { pipeline } of [client, server]) await pipeline.setState('PLAYING');
  await connect(client, server);
  // Of a stream that nobody has announced: counted, and dropped.
  const received = (): number => media.stats().dropped.unknownSsrc;
  await until('packets come in', () => received() > 10);
  const ice = server.bin.get('ice-agent') as GstObject;
  tell(ice, state);
  const before = received();
  await until('packets go on coming in', () => received() > before + 50);
  ice.dispose();
  media.close();
  await Promise.all([client.close(), server.close()]);
});
