import { fstatSync } from 'node:fs';
import sdpTransform from 'sdp-transform';
import type { Ssrc } from '../../src/base/ids.ts';
import type { MediaChannel, MediaPeer, MediaPlane, Slot, TapSlot, Track } from '../../src/media/types.ts';
import { eventually } from '../support/eventually.ts';
import { candidate, peerRequest, type SectionText } from '../support/offers.ts';

export interface MediaPlaneHarness {
  readonly plane: MediaPlane;
  /** A client that is connected, with an `events` channel; `onChannel` runs inside the event `channel`. */
  readonly connect: (onChannel: (channel: MediaChannel) => void) => Promise<MediaPlaneClient>;
  /** What a slot carries, where the plane can tell; the suite checks routes by it. */
  readonly heardBy?: (slot: Slot | TapSlot) => Track | null;
}

export interface MediaPlaneClient {
  readonly peer: MediaPeer;
  say(text: string): void;
  closeChannel(): void;
  close(): Promise<void>;
}

/** An offer with every use a section can have, and the direction each is answered with. */
const EVERYTHING = [
  ['audio both', 'sendrecv'],
  ['video both', 'sendrecv'],
  ['audio slot', 'sendonly'],
  ['video slot', 'sendonly'],
  ['audio publish', 'recvonly'],
  ['audio inactive', 'inactive'],
  ['video inactive', 'inactive'],
  ['audio slot', 'sendonly'],
  ['data', undefined],
] as const satisfies readonly (readonly [SectionText, string | undefined])[];

/** What every implementation of the media port promises. Run it once for each: `mediaPlaneContract('fake', ...)`. */
export function mediaPlaneContract(name: string, makeHarness: () => Promise<MediaPlaneHarness>): void {
  describe(`media plane: ${name}`, () => {
    let harness: MediaPlaneHarness;
    let plane: MediaPlane;
    beforeEach(async () => {
      harness = await makeHarness();
      plane = harness.plane;
    });
    afterEach(() => plane.close());

    const expectHeard = (slot: Slot | TapSlot, track: Track | null): void => {
      if (harness.heardBy !== undefined) expect(harness.heardBy(slot)).toBe(track);
    };

    describe('a peer', () => {
      it('has a track per publishing section and a slot per hearing one, in the order of the m-lines', () => {
        const request = peerRequest(...EVERYTHING.map(([text]) => text));
        const peer = plane.openPeer(request);
        expect(peer.id).toBe(request.id);
        expect(peer.tracks.map(({ mid, kind }) => [mid, kind])).toEqual([
          ['m0', 'audio'],
          ['m1', 'video'],
          ['m4', 'audio'],
        ]);
        expect(peer.slots.map(({ mid, kind, index }) => [mid, kind, index])).toEqual([
          ['m0', 'audio', 0],
          ['m1', 'video', 0],
          ['m2', 'audio', 1],
          ['m3', 'video', 1],
          ['m7', 'audio', 2],
        ]);
        for (const end of [...peer.tracks, ...peer.slots]) expect(end.peer).toBe(request.id);
      });

      it('answers every m-line in order, with the mid of the offer and the direction of the plan', async () => {
        const peer = plane.openPeer(peerRequest(...EVERYTHING.map(([text]) => text)));
        const answer = sdpTransform.parse(await peer.answer());
        expect(answer.media.map(({ type, mid, direction }) => [type, mid, direction])).toEqual(
          EVERYTHING.map(([text, direction], i) => [
            text === 'data' ? 'application' : text.split(' ')[0],
            `m${i}`,
            direction,
          ]),
        );
        expect(answer.groups).toEqual([{ type: 'BUNDLE', mids: 'm0 m1 m2 m3 m4 m5 m6 m7 m8' }]);
      });

      it('answers with the codec of the plan, and announces the SSRC of each slot', async () => {
        const request = peerRequest('audio both', 'video slot');
        const answer = sdpTransform.parse(await plane.openPeer(request).answer());
        expect(answer.media.map(({ rtp }) => [rtp[0]?.payload, rtp[0]?.codec.toLowerCase()])).toEqual([
          [111, 'opus'],
          [96, 'vp8'],
        ]);
        request.plan.sections.forEach((section, i) => {
          if (section.type !== 'media' || section.slot === null) throw new Error('both sections have a slot');
          expect(answer.media[i]?.ssrcs?.map(({ id }) => id)).toContain(section.slot.ssrc);
        });
      });

      it('gives everything a client needs to connect: credentials, fingerprint, role and candidates', async () => {
        const text = await plane.openPeer(peerRequest('audio both')).answer();
        for (const line of [/^a=ice-ufrag:\S+\r$/m, /^a=ice-pwd:\S{22,}\r$/m, /^a=fingerprint:sha-256 \S+\r$/m]) {
          expect(text).toMatch(line);
        }
        expect(text).toMatch(/^a=setup:(active|passive)\r$/m);
        expect(text).toMatch(/^a=candidate:.* typ host/m);
      });

      it('may be a member without tracks: an offer with nothing but a data channel', async () => {
        const peer = plane.openPeer(peerRequest('data'));
        expect([peer.tracks, peer.slots]).toEqual([[], []]);
        const answer = sdpTransform.parse(await peer.answer());
        expect(answer.media.map(({ type, mid }) => [type, mid])).toEqual([['application', 'm0']]);
      });

      it('takes candidates before and after its answer', async () => {
        const peer = plane.openPeer(peerRequest('audio both'));
        peer.addCandidate(candidate(40_000));
        await expect(peer.answer()).resolves.toContain('v=0');
        expect(() => peer.addCandidate(candidate(40_001))).not.toThrow();
      });

      it('has heard nothing while nobody connects', async () => {
        const peer = plane.openPeer(peerRequest('audio both'));
        expect(peer.idleMs()).toBeNull();
        await peer.answer();
        expect(peer.idleMs()).toBeNull();
        expect(peer.stats()).toMatchObject({ received: { packets: 0, bytes: 0 }, sent: { packets: 0, bytes: 0 } });
      });
    });

    describe('the end of a peer', () => {
      it('frees it, once, whatever was asked of it before', async () => {
        const unanswered = plane.openPeer(peerRequest('audio both'));
        const answered = plane.openPeer(peerRequest('audio both', 'data'));
        await answered.answer();
        expect(plane.openPeers).toBe(2);
        await unanswered.close('abandoned');
        expect(plane.openPeers).toBe(1);
        await answered.close('removed');
        expect(plane.openPeers).toBe(0);
        await Promise.all([answered.close('removed'), unanswered.close('gone')]);
        expect(plane.openPeers).toBe(0);
      });

      it('may come while it answers: both are told, and it is freed', async () => {
        const peer = plane.openPeer(peerRequest('audio both', 'video both', 'data'));
        const answer = peer.answer().then(
          (text) => text.startsWith('v=0'),
          (error: unknown) => error instanceof Error,
        );
        await peer.close('abandoned');
        expect(await answer).toBe(true);
        expect(plane.openPeers).toBe(0);
      });

      it('is told to whoever asks for an answer later; everything else later is ignored', async () => {
        const peer = plane.openPeer(peerRequest('audio both'));
        await peer.close('removed');
        await expect(peer.answer()).rejects.toThrow('closed');
        expect(() => peer.addCandidate(candidate(40_000))).not.toThrow();
        expect(peer.idleMs()).toBeNull();
      });

      it('which was asked for is not reported as an event', async () => {
        const peer = plane.openPeer(peerRequest('audio both'));
        const events: string[] = [];
        peer.events.on('connected', () => events.push('connected'));
        peer.events.on('ended', (reason) => events.push(reason));
        await peer.answer();
        await peer.close('removed');
        // What was on its way may come with a later turn of the event loop.
        await new Promise((done) => setImmediate(done));
        expect(events).toEqual([]);
      });

      it('takes one peer and leaves the others', async () => {
        const [one, two] = [plane.openPeer(peerRequest('audio both')), plane.openPeer(peerRequest('audio both'))];
        await one.close('removed');
        await expect(two.answer()).resolves.toContain('v=0');
        expect(plane.openPeers).toBe(1);
      });
    });

    describe('a graph', () => {
      const open = () => {
        const peer = plane.openPeer(peerRequest('audio both', 'video both'));
        const [audio, video] = peer.tracks as [Track, Track];
        const [audioSlot, videoSlot] = peer.slots as [Slot, Slot];
        return { peer, audio, video, audioSlot, videoSlot };
      };

      it('fills, refills and empties slots', () => {
        const [a, b, c] = [open(), open(), open()];
        const graph = plane.openGraph();
        graph.route(a.audioSlot, b.audio);
        graph.route(a.videoSlot, b.video);
        expectHeard(a.audioSlot, b.audio);
        expectHeard(a.videoSlot, b.video);
        graph.route(a.audioSlot, c.audio);
        expectHeard(a.audioSlot, c.audio);
        graph.route(a.audioSlot, null);
        graph.route(a.audioSlot, null);
        expectHeard(a.audioSlot, null);
        expectHeard(a.videoSlot, b.video);
      });

      it('carries one track to many slots', () => {
        const [a, b, c] = [open(), open(), open()];
        const graph = plane.openGraph();
        graph.route(b.audioSlot, a.audio);
        graph.route(c.audioSlot, a.audio);
        expectHeard(b.audioSlot, a.audio);
        expectHeard(c.audioSlot, a.audio);
      });

      it('has no levels of those who sent nothing', () => {
        const a = open();
        expect(plane.openGraph().takeLevels([a.audio, a.video])).toEqual([]);
      });

      it('takes a gate for audio, moves it, takes it away, and refuses one for video', async () => {
        const { peer, audio, video } = open();
        const graph = plane.openGraph();
        for (const dBov of [-50, -50.5, 0, -127, -200, null, null]) expect(() => graph.gate(audio, dBov)).not.toThrow();
        expect(() => graph.gate(video, -50)).toThrow('audio');
        await peer.close('gone');
        expect(() => graph.gate(audio, -50)).not.toThrow();
        graph.close();
        expect(() => graph.gate(audio, -50)).not.toThrow();
      });

      it('empties every slot of its own when it is closed, and is closed once', () => {
        const [a, b] = [open(), open()];
        const [graph, other] = [plane.openGraph(), plane.openGraph()];
        graph.route(a.audioSlot, b.audio);
        other.route(b.audioSlot, a.audio);
        graph.close();
        graph.close();
        expectHeard(a.audioSlot, null);
        expectHeard(b.audioSlot, a.audio);
      });

      it('loses the routes of a peer that is closed, and ignores later ones', async () => {
        const [a, b] = [open(), open()];
        const graph = plane.openGraph();
        graph.route(a.audioSlot, b.audio);
        graph.route(b.audioSlot, a.audio);
        await b.peer.close('gone');
        expectHeard(a.audioSlot, null);
        expectHeard(b.audioSlot, null);
        expect(() => {
          graph.route(a.audioSlot, b.audio);
          graph.route(b.audioSlot, a.audio);
          graph.route(b.audioSlot, null);
        }).not.toThrow();
        expectHeard(a.audioSlot, null);
        expectHeard(b.audioSlot, null);
      });
    });

    describe('a tap', () => {
      const MAX_BYTES = 65_536;
      const ssrc = (value: number): Ssrc => value as Ssrc;

      it('has slots for tracks, in their codec, which are routed like those of a peer', () => {
        const { tracks } = plane.openPeer(peerRequest('audio both', 'video both'));
        const [audio, video] = tracks as [Track, Track];
        const tap = plane.openTap({ maxBytes: MAX_BYTES });
        const graph = plane.openGraph();
        const [heard, seen] = [tap.slot(audio, ssrc(1)), tap.slot(video, ssrc(2))];
        expect(heard).toMatchObject({ ssrc: 1, kind: 'audio', codec: 'opus', payloadType: 111, clockRate: 48_000 });
        expect(seen).toMatchObject({ ssrc: 2, kind: 'video', codec: 'vp8', payloadType: 96, clockRate: 90_000 });
        graph.route(heard, audio);
        graph.route(seen, video);
        expectHeard(heard, audio);
        expectHeard(seen, video);
        expect(() => {
          tap.requestKeyframe(video);
          tap.requestKeyframe(audio);
        }).not.toThrow();
        graph.route(heard, null);
        expectHeard(heard, null);
        tap.removeSlot(seen);
        tap.removeSlot(seen);
        expectHeard(seen, null);
        graph.route(seen, video);
        expectHeard(seen, null);
      });

      it('has a descriptor for another process, until that has it', () => {
        const tap = plane.openTap({ maxBytes: MAX_BYTES });
        expect(() => fstatSync(tap.childFd)).not.toThrow();
        const { childFd } = tap;
        tap.spawned();
        tap.spawned();
        expect(tap.childFd).toBe(-1);
        expect(() => fstatSync(childFd)).toThrow('EBADF');
        tap.close();
      });

      it('is closed once, with its slots and its descriptor', () => {
        const { tracks } = plane.openPeer(peerRequest('audio both'));
        const [audio] = tracks as [Track];
        const tap = plane.openTap({ maxBytes: MAX_BYTES });
        const graph = plane.openGraph();
        const slot = tap.slot(audio, ssrc(1));
        graph.route(slot, audio);
        tap.close();
        tap.close();
        expect(tap.childFd).toBe(-1);
        expectHeard(slot, null);
        const late = tap.slot(audio, ssrc(2));
        graph.route(late, audio);
        expectHeard(late, null);
        expect(tap.stats()).toMatchObject({ packets: 0, bytes: 0, overflowPackets: 0, overflowBytes: 0 });
      });

      it('loses a track that ends', async () => {
        const peer = plane.openPeer(peerRequest('audio both', 'video both'));
        const [audio, video] = peer.tracks as [Track, Track];
        const tap = plane.openTap({ maxBytes: MAX_BYTES });
        const graph = plane.openGraph();
        const slot = tap.slot(audio, ssrc(1));
        graph.route(slot, audio);
        await peer.close('gone');
        expectHeard(slot, null);
        expect(() => tap.requestKeyframe(video)).not.toThrow();
      });
    });

    describe('a client that is connected', () => {
      let client: MediaPlaneClient;
      const said: string[] = [];
      let channel: MediaChannel;
      beforeEach(async () => {
        said.length = 0;
        client = await harness.connect((opened) => {
          channel = opened;
          channel.events.on('message', (text) => said.push(text));
          channel.events.on('closed', () => said.push('closed'));
        });
      });
      afterEach(async () => {
        await client.peer.close('removed');
        await client.close();
      });

      it('is heard in its channel, in order', async () => {
        const texts = ['one', '{"type":"three"}', 'vier – ünf'];
        for (const text of texts) client.say(text);
        await eventually('everything was heard', () => (said.length >= texts.length ? said : null));
        expect(said).toEqual(texts);
      });

      it('may close its channel, which is told once; nothing is sent in it any more', async () => {
        expect(channel.send('hello')).toBe(true);
        client.closeChannel();
        await eventually('the end was told', () => (said.length > 0 ? said : null));
        expect(channel.send('more')).toBe(false);
        expect(said).toEqual(['closed']);
      });
    });

    describe('the end of the plane', () => {
      it('closes with everything that is open, and once', async () => {
        const one = plane.openPeer(peerRequest('audio both'));
        await one.answer();
        plane.openPeer(peerRequest('audio both', 'data'));
        plane.openGraph();
        const tap = plane.openTap({ maxBytes: 65_536 });
        await Promise.all([plane.close(), plane.close()]);
        expect(plane.openPeers).toBe(0);
        expect(tap.childFd).toBe(-1);
        await plane.close();
        await expect(one.answer()).rejects.toThrow('closed');
      });

      it('is told, from its beginning on, to whoever would open something more', async () => {
        expect(() => plane.checkReady()).not.toThrow();
        const peer = plane.openPeer(peerRequest('audio both'));
        await peer.answer();
        const closed = plane.close();
        const more = [
          () => plane.checkReady(),
          () => plane.openPeer(peerRequest('audio both')),
          () => plane.openGraph(),
          () => plane.openTap({ maxBytes: 65_536 }),
        ];
        for (const open of more) expect(open).toThrow('the media plane is closed');
        await closed;
        for (const open of more) expect(open).toThrow('the media plane is closed');
        expect(plane.openPeers).toBe(0);
      });
    });
  });
}
