// Texts that GLib keeps for ever: of what differs with each connection there must be none among them.
import { join } from 'node:path';
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { load } from '../../node-gst/test/support/programs.ts';
import { createGstPlane } from '../../src/media/gst/plane.ts';
import type { MediaPlane } from '../../src/media/types.ts';
import { planOffer } from '../../src/sdp/offer.ts';
import { peerRequest } from '../support/offers.ts';
import { readOffer, settings } from '../unit/sdp/support.ts';

jest.setTimeout(60_000);

/** Whatever is made once. */
const WARM_UP = 2;
const CONNECTIONS = 5;

beforeAll(() => {
  gst.init();
  load(join(import.meta.dirname, '../support/quark-counter.cc'), ['gstreamer-1.0']);
});

function quarks(): number {
  const counter = gst.make('quarkcounter');
  try {
    return Number(counter.get('count'));
  } finally {
    counter.dispose();
  }
}

let sources = 1_000;
/** With SSRCs that nobody has had before. */
const freshOffer = (name: string): string => {
  const fresh = new Map<string, string>();
  return readOffer(name).replace(/^(a=ssrc:|a=ssrc-group:FID )(.*)$/gm, (_, start: string, rest: string) => {
    const renamed = rest.replace(/\b\d+\b(?= |$)/g, (ssrc) => {
      if (!fresh.has(ssrc)) fresh.set(ssrc, String(++sources));
      return fresh.get(ssrc)!;
    });
    return `${start}${renamed}`;
  });
};

test.each([
  ['chromium-156-events', 'webrtcbin'],
  ['chromium-156-events', 'direct'],
  ['firefox-153-events', 'direct'],
] as const)('%s, EGRESS=%s', async (name, egress) => {
  const plane: MediaPlane = await createGstPlane({ addresses: ['127.0.0.1'], egress });
  const connect = async (): Promise<void> => {
    // The same slots each time, as they are drawn from a few.
    const plan = planOffer(freshOffer(name), settings());
    // Each with a stream of its own, and with slots of which two are sent again.
    expect(plan.ssrcs.size).toBeGreaterThan(0);
    const peer = plane.openPeer({ ...peerRequest('audio both'), plan });
    expect(await peer.answer()).toContain('a=ssrc-group:FID');
    await peer.close('removed');
  };
  try {
    for (let n = 0; n < WARM_UP; n += 1) await connect();
    const before = quarks();
    for (let n = 0; n < CONNECTIONS; n += 1) await connect();
    expect(quarks() - before).toBe(0);
  } finally {
    await plane.close();
  }
});
