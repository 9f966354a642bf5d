/** SCTP associations: webrtcbin would draw their numbers, and of two with the same one the second is never freed. */
import { peerMedia } from 'node-gst';
import type { GstObject } from 'node-gst';
import { allGone, connect, Peer } from './support.ts';

const PEERS = 3;

afterEach(allGone, 15_000);

test('every peer with a data channel has a number that no other has, the same at both of its ends', async () => {
  const numbers: unknown[][] = [];
  const closings: (() => Promise<void>)[] = [];
  for (let n = 0; n < PEERS; n += 1) {
    const [client, server] = [new Peer(`client-${n}`), new Peer(`server-${n}`)];
    const media = peerMedia(server.bin, { csrc: n + 1, tracks: [], slots: [] });
    for (const { pipeline } of [client, server]) await pipeline.setState('PLAYING');
    const channel = client.bin.emit('create-data-channel', 'events', null) as GstObject;
    await connect(client, server);
    numbers.push([number(server.bin, 'sctpdec'), number(server.bin, 'sctpenc')]);
    closings.push(async () => {
      media.close();
      channel.dispose();
      await Promise.all([client.close(), server.close()]);
    });
  }
  for (const close of closings) await close();
  // Lent ones follow each other, drawn ones do not. How many the process has lent before is not known here.
  const [[first] = []] = numbers;
  expect(numbers).toEqual(Array.from({ length: PEERS }, (_, n) => [Number(first) + n, Number(first) + n]));
}, 30_000);

function number(bin: GstObject, factory: string): unknown {
  // GStreamer numbers elements over the whole process, in which other test files may have been before.
  const [name] = new RegExp(`\\b${factory}\\d+`).exec(bin.toDot()) ?? [];
  const element = name === undefined ? null : bin.byName(name);
  if (element === null) throw new Error(`there is no ${factory}`);
  const found = element.get('sctp-association-id');
  element.dispose();
  return found;
}
