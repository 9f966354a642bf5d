// What only the real media plane can get wrong: what it leaves behind, how long it takes, and clients of its own kind.
import { join } from 'node:path';
import { jest } from '@jest/globals';
import gst, { type GstObject } from 'node-gst';
import { GstPeer } from '../../src/media/gst/peer.ts';
import { PeerPipeline } from '../../src/media/gst/pipelines.ts';
import { createGstPlane } from '../../src/media/gst/plane.ts';
import type { MediaPeer, MediaPlane, PeerRequest } from '../../src/media/types.ts';
import { planOffer } from '../../src/sdp/offer.ts';
import type { MediaSection } from '../../src/sdp/types.ts';
import { Peer as Client } from '../../node-gst/test/support.ts';
import { eventually } from '../support/eventually.ts';
import { peerRequest, type SectionText } from '../support/offers.ts';
import { footprint } from '../support/processes.ts';
import { settings } from '../unit/sdp/support.ts';

jest.setTimeout(30_000);

const EVERYTHING: SectionText[] = ['audio both', 'video both', 'audio slot', 'video publish', 'data'];

let plane: MediaPlane;
beforeAll(async () => {
  plane = await createGstPlane({ addresses: ['127.0.0.1'] });
});
afterAll(() => plane.close());

test('an answer is there within a second of its offer, also for a client with many sections', async () => {
  const audio = Array<SectionText>(8).fill('audio slot');
  const video = Array<SectionText>(8).fill('video slot');
  for (const sections of [['audio both'], EVERYTHING, [...audio, ...video, 'data']] as SectionText[][]) {
    const started = performance.now();
    const peer = plane.openPeer(peerRequest(...sections));
    await peer.answer();
    expect(performance.now() - started).toBeLessThan(1000);
    await peer.close('removed');
  }
});

describe('a peer that cannot be made', () => {
  const broken = (change: Partial<MediaSection['codec']>): PeerRequest => {
    const request = peerRequest(...EVERYTHING);
    const sections = request.plan.sections.map((section) =>
      section.mline === 3 && section.type === 'media'
        ? { ...section, codec: { ...section.codec, ...change } }
        : section,
    );
    return { ...request, plan: { ...request.plan, sections } };
  };

  /** Makes a webrtcbin that lets nobody listen: the last step of making a peer fails. */
  const deaf = (): PeerPipeline => {
    const pipeline = PeerPipeline.load(join(import.meta.dirname, '../../pipelines/peer.gst'));
    const create = pipeline.create.bind(pipeline);
    pipeline.create = () => {
      const made = create();
      made.webrtcbin.on = () => {
        throw new TypeError('no such signal');
      };
      return made;
    };
    return pipeline;
  };
  const openDeaf = (): MediaPeer =>
    GstPeer.open(peerRequest(...EVERYTHING), {
      pipeline: deaf(),
      network: { addresses: [] },
      egress: 'webrtcbin',
      publishRate: { packets: 0, bytes: 0 },
      onSocketRefused: () => undefined,
      onFreed: () => undefined,
    });

  test.each<[string, () => unknown, string]>([
    ['webrtcbin refuses the caps of its fourth section', () => plane.openPeer(broken({ encoding: 'VP8)' })), 'caps'],
    ['the forwarder refuses a section', () => plane.openPeer(broken({ name: null })), 'used without a codec'],
    ['webrtcbin has not the signals', openDeaf, 'no such signal'],
  ])('leaves nothing behind: %s', async (_, open, message) => {
    const count = () => ({ ...gst.counters(), ...footprint(process.pid), memory: 0 });
    const floor = count();
    for (let i = 0; i < 20; i++) expect(open).toThrow(message);
    expect(plane.openPeers).toBe(0);
    // Soon, and not when garbage is collected some day.
    const isFreed = (): true | null => {
      const now = count();
      return Object.entries(floor).every(([name, n]) => now[name as keyof typeof now] <= n) ? true : null;
    };
    await eventually('everything is freed', isFreed, 5);
    const peer = plane.openPeer(peerRequest(...EVERYTHING));
    await expect(peer.answer()).resolves.toContain('v=0');
    await peer.close('removed');
  });
});

describe('data channels', () => {
  interface Guest {
    readonly client: Client;
    readonly peer: MediaPeer;
    readonly channels: readonly GstObject[];
    readonly ends: string[];
  }

  /** A client with these data channels, connected. */
  const connect = async (...labels: string[]): Promise<Guest> => {
    const client = new Client('client');
    await client.pipeline.setState('PLAYING');
    const channels = labels.map((label) => client.bin.emit('create-data-channel', label, null) as GstObject);
    const candidates = { allowLoopback: true, deny: { contains: () => false } };
    const plan = planOffer((await client.offer()).sdp, settings({ candidates }));
    const peer = plane.openPeer({ ...peerRequest('data'), plan });
    const ends: string[] = [];
    peer.events.on('ended', (reason, detail) => ends.push(`${reason}: ${detail}`));
    await client.op('set-remote-description', { type: 'answer', sdp: await peer.answer() });
    return { client, peer, channels, ends };
  };

  const leave = async ({ client, peer, channels }: Guest): Promise<void> => {
    await peer.close('removed');
    for (const channel of channels) channel.dispose();
    await client.close();
  };

  test('the fifth ends the peer that opened it, and no other', async () => {
    const modest = await connect('events', 'one', 'two', 'three');
    const greedy = await connect('events', 'one', 'two', 'three', 'four');
    await eventually('the end of the greedy one', () => greedy.ends[0] ?? null);
    expect(greedy.ends).toEqual(['failed: more than 4 data channels']);
    await eventually('the channels of the modest one, all but events, are closed', () => {
      const [events, ...others] = modest.channels.map((channel) => channel.get('ready-state'));
      return events === 'open' && others.every((state) => state === 'closed') ? others : null;
    });
    expect(modest.ends).toEqual([]);
    await Promise.all([modest, greedy].map(leave));
    expect(plane.openPeers).toBe(0);
  });
});
