import { readdirSync, readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import gst, { type EgressKind } from 'node-gst';
import { createGstPlane } from '../../src/media/gst/plane.ts';
import type { PeerId, Ssrc } from '../../src/base/ids.ts';
import type { MediaPlane, Slot, Track, TrackLevel } from '../../src/media/types.ts';
import { eventually } from '../support/eventually.ts';
import { GstClient } from '../support/gst-client.ts';
import { tableUnder, unquote } from '../support/markdown.ts';
import { mediaPlaneContract } from './media-plane.ts';

jest.setTimeout(30_000);

const EGRESSES = ['webrtcbin', 'direct'] as const;

const createPlane = (egress: EgressKind, onSocketRefused?: (peer: PeerId, reason: string) => void) =>
  createGstPlane({
    onSocketRefused:
      onSocketRefused ??
      ((_peer, reason) => {
        throw new Error(reason);
      }),
    addresses: ['127.0.0.1'],
    egress,
    onFallback: (missing) => {
      throw new Error(`webrtcbin has no ${missing} for a direct egress`);
    },
  });

/** Threads of this process. */
const jitterbuffers = (): string[] =>
  readdirSync('/proc/self/task').filter((task) =>
    readFileSync(`/proc/self/task/${task}/comm`, 'utf8').startsWith('rtpjitterbuf'),
  );

for (const egress of EGRESSES) {
  mediaPlaneContract(`GStreamer, ${egress}`, async () => {
    const plane = await createPlane(egress);
    return { plane, connect: (onChannel) => GstClient.connect(plane, onChannel) };
  });
}

describe.each(EGRESSES)('a client of the media plane on GStreamer, %s', (egress) => {
  let plane: MediaPlane;
  const clients: GstClient[] = [];
  const said: string[] = [];
  const connect = async (): Promise<GstClient> => {
    const client = await GstClient.connect(plane, ({ events }) => events.on('message', (text) => said.push(text)));
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    plane = await createPlane(egress);
    said.length = 0;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await plane.close();
  });

  it('is not heard where its text is too long, or binary', async () => {
    const client = await connect();
    const longest = 'ä'.repeat(2048);
    for (const text of [`${longest}.`, longest, 'x'.repeat(60_000)]) client.say(text);
    client.sayBytes(Uint8Array.of(1, 2, 3));
    client.say('the end');
    await eventually('the end came', () => (said.includes('the end') ? said : null));
    expect(said).toEqual([longest, 'the end']);
    expect(client.peer.stats().dropped['message']).toBe(2);
  });

  it('that sends more than anybody can read is cut short before it reaches JavaScript', async () => {
    const client = await connect();
    const count = 20_000;
    for (let i = 0; i < count; i += 1) client.say(`message ${i}`);
    const began = performance.now();
    let longest = 0;
    let last = began;
    await eventually('all came to an end', () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      return said.length + (client.peer.stats().dropped['message'] ?? 0) === count ? said : null;
    });
    // 50 at once, then 50 each second. While they came they were waited for in steps of 100 ms.
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThanOrEqual(50 + ((performance.now() - began) / 1000 + 1) * 50);
    expect(longest).toBeLessThan(1000);
    const heard = said.length;
    await eventually('it is heard again', () => {
      client.say('still here');
      return said.length > heard ? said : null;
    });
    const { dropped } = client.peer.stats();
    await client.peer.close('removed');
    expect(client.peer.stats().dropped['message']).toBeGreaterThanOrEqual(dropped['message'] ?? Infinity);
  });

  it('is heard in a tap, as long as it is routed there', async () => {
    const client = await connect();
    const [track] = client.peer.tracks as [Track];
    const tap = plane.openTap({ maxBytes: 65_536 });
    const graph = plane.openGraph();
    const slot = tap.slot(track, 1 as Ssrc);
    graph.route(slot, track);
    await eventually('it is in the tap', () => {
      client.speak(0x80 | 30);
      return tap.stats().packets > 0 ? track : null;
    });
    expect(tap.stats()).toMatchObject({ overflowPackets: 0, overflowBytes: 0, isBroken: false });
    graph.route(slot, null);
    const { packets } = tap.stats();
    const { received } = client.peer.stats();
    await eventually('it said more', () => {
      client.speak(0x80 | 30);
      return client.peer.stats().received.packets > received.packets + 5 ? track : null;
    });
    expect(tap.stats().packets).toBe(packets);
    tap.close();
  });

  it('is measured: each level, the packets and their bytes, once', async () => {
    const client = await connect();
    const [track] = client.peer.tracks as [Track];
    const graph = plane.openGraph();
    for (const level of [20, 0x80 | 127, 0, 64]) client.speak(level);
    const taken: TrackLevel[] = [];
    await eventually('four packets came', () => {
      taken.push(...graph.takeLevels([track, track]));
      return taken.flatMap(({ levels }) => levels).length === 4 ? taken : null;
    });
    expect(taken.flatMap(({ levels }) => levels)).toEqual([-20, -127, 0, -64]);
    expect(new Set(taken.map((each) => each.track))).toEqual(new Set([track]));
    const sum = (count: (each: TrackLevel) => number) => taken.reduce((all, each) => all + count(each), 0);
    expect([sum(({ packets }) => packets), sum(({ bytes }) => bytes), sum(({ voiced }) => voiced)]).toEqual([4, 12, 1]);
    expect(graph.takeLevels([track])).toEqual([]);
  });

  it('is counted, with how long it took to be heard, also when it has gone', async () => {
    const [speaker, listener] = [await connect(), await connect()];
    const [track] = speaker.peer.tracks as [Track];
    const [slot] = listener.peer.slots;
    if (slot === undefined) throw new Error('the listener has a slot');
    plane.openGraph().route(slot, track);
    await eventually('it is heard', () => {
      speaker.speak(30);
      return listener.peer.stats().sent.packets > 3 ? true : null;
    });
    expect(speaker.peer.stage).toBe('connected');
    await speaker.peer.close('removed');
    const { received, forwarding, dropped } = speaker.peer.stats();
    expect(received.packets).toBeGreaterThan(3);
    expect(forwarding.counts).toHaveLength(forwarding.bounds.length + 1);
    const count = forwarding.counts.reduce((all, each) => all + each, 0);
    expect(count).toBe(received.packets);
    // A packet takes some µs, and far less than a second each.
    expect(forwarding.total).toBeGreaterThan(count * 1e-6);
    expect(forwarding.total).toBeLessThan(count);
    const reasons = tableUnder(readFileSync('docs/metrics.md', 'utf8'), 'Reasons of dropped packets');
    expect(reasons.map(([reason = '']) => unquote(reason))).toEqual(Object.keys(dropped));
  });

  it('tells how its streams fare', async () => {
    const client = await connect();
    client.speak(30);
    client.speak(30);
    const { peer } = client;
    plane.openGraph().route(peer.slots[0] as Slot, peer.tracks[0] as Track);
    // It reports after some seconds, and once: nobody listens behind its webrtcbin. By then it has had a report of ours,
    // from which the round trip is known, where the direct egress sent one with the first packet.
    const streams = await eventually(
      'both ways are known',
      () => {
        client.speak(30);
        return peer.streams().length === 2 ? peer.streams() : null;
      },
      20,
    );
    const known = { kind: 'audio', packetsLost: 0, jitter: expect.any(Number) as number };
    expect(streams).toMatchObject([
      { ...known, direction: 'received', roundTripTime: null },
      { ...known, direction: 'sent', fractionLost: 0 },
    ]);
    // We have not reported on it ourselves, or have lost nothing.
    expect([null, 0]).toContain(streams[0]?.fractionLost);
    if (egress === 'direct') expect(streams[1]?.roundTripTime).toBeLessThan(5);
    expect(Object.values(await peer.details())).toContainEqual(expect.objectContaining({ type: 'candidate-pair' }));
    const closed = peer.close('removed');
    await expect(peer.details()).rejects.toThrow();
    await closed;
    expect(peer.streams()).toEqual([]);
  });

  it('shows what it is made of, and no key', async () => {
    const { peer } = await connect();
    const graph = peer.graph() ?? '';
    expect(graph).toMatch(/^digraph pipeline \{/);
    for (const word of ['GstWebRTCBin', 'GstNiceSrc', 'GstDtlsSrtpEnc', 'GstRtpSession']) expect(graph).toContain(word);
    expect(graph).not.toMatch(/BEGIN|[-_ ]key|certificate|pwd|password/i);
    await peer.close('removed');
    expect(peer.graph()).toBeNull();
  });

  it('is told how it arrives, and its sound has no jitterbuffer', async () => {
    // Idle threads of GStreamer's pool bear the name that they had in tests before.
    const before = jitterbuffers();
    const client = await connect();
    await eventually(
      'its sender report was answered',
      () => {
        client.speak(30);
        return client.roundTrip();
      },
      25,
    );
    expect(jitterbuffers().filter((task) => !before.includes(task))).toEqual([]);
    const details = await client.peer.details();
    // Past webrtcbin there is a socket for RTP alone.
    expect(details['reception'] ?? null).toEqual(
      egress === 'direct' ? expect.objectContaining({ ownSocket: true }) : null,
    );
  });

  it('is heard by another where it is louder than its gate, to the dBov', async () => {
    const [speaker, listener] = [await connect(), await connect()];
    const [track] = speaker.peer.tracks as [Track];
    const graph = plane.openGraph();
    const [slot] = listener.peer.slots;
    if (slot === undefined) throw new Error('the listener has a slot');
    graph.route(slot, track);
    const received = () => speaker.peer.stats().received.packets;
    const sent = () => listener.peer.stats().sent.packets;
    const speak = async (level: number): Promise<void> => {
      const before = received();
      speaker.speak(level);
      await eventually('it came', () => (received() > before ? true : null));
    };
    graph.gate(track, -50.5);
    // Through webrtcbin, of a new stream rtpsession hands the first packet on when the second is there.
    speaker.speak(51);
    await speak(51);
    await eventually('both were held', () => (speaker.peer.stats().dropped['gated'] === 2 ? true : null));
    expect(sent()).toBe(0);
    await speak(50);
    await eventually('it went on', () => (sent() === 1 ? true : null));
    graph.gate(track, null);
    await speak(127);
    await eventually('it went on', () => (sent() === 2 ? true : null));
    expect(speaker.peer.stats().dropped['gated']).toBe(2);
    await eventually('both arrived', async () => ((await listener.heard()) === 2 ? true : null));
  });
});

test('a peer whose RTP the system gives no socket of its own is told of once', async () => {
  const { peerMedia } = gst;
  jest.spyOn(gst, 'peerMedia').mockImplementation((...args) => {
    const media = peerMedia(...args);
    const reception = media.reception.bind(media);
    media.reception = () => ({ ...reception()!, refusal: 'bind: Address already in use' });
    return media;
  });
  const refusals: unknown[][] = [];
  const plane = await createPlane('direct', (...refusal) => refusals.push(refusal));
  const client = await GstClient.connect(plane, () => undefined);
  expect(refusals).toEqual([[client.peer.id, 'bind: Address already in use']]);
  await client.close();
  await plane.close();
  jest.restoreAllMocks();
});
