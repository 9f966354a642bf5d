import type { PeerId, Ssrc } from '../../../../src/base/ids.ts';
import { FakeMediaPlane } from '../../../../src/media/fake/plane.ts';
import type { MediaChannel, Slot, Track } from '../../../../src/media/types.ts';
import { candidate, peerRequest } from '../../../support/offers.ts';

/** What the fake adds to the port, for tests to stand on. The port itself: test/contract/media-plane.ts. */
describe('FakeMediaPlane', () => {
  let plane: FakeMediaPlane;
  beforeEach(() => {
    plane = new FakeMediaPlane();
  });

  it('fails to open, and to answer, when it is told to', async () => {
    plane.openError = new Error('no memory');
    expect(() => plane.openPeer(peerRequest('audio both'))).toThrow('no memory');
    expect(plane.openPeers).toBe(0);
    plane.openError = null;
    plane.answerError = new Error('no answer');
    const peer = plane.openPeer(peerRequest('audio both'));
    await expect(peer.answer()).rejects.toThrow('no answer');
    await peer.close('failed');
    expect(plane.openPeers).toBe(0);
  });

  it('holds answers back until they are let go; a close waits for them', async () => {
    const letGo = plane.holdAnswers();
    const peer = plane.openPeer(peerRequest('audio both'));
    const order: string[] = [];
    const answered = peer.answer().then(() => order.push('answered'));
    const closed = peer.close('abandoned').then(() => order.push('closed'));
    await new Promise((done) => setImmediate(done));
    expect([order, plane.openPeers]).toEqual([[], 1]);
    letGo();
    await Promise.all([answered, closed]);
    expect([order, plane.openPeers, peer.closeReason]).toEqual([['answered', 'closed'], 0, 'abandoned']);
  });

  it('finds its peers', () => {
    const [one, two] = [plane.openPeer(peerRequest('data')), plane.openPeer(peerRequest('data'))];
    expect([plane.peers, plane.peer(two.id)]).toEqual([[one, two], two]);
    expect(() => plane.peer('nobody' as PeerId)).toThrow('peer nobody is not open');
    expect(() => plane.openPeer(one.request)).toThrow('is open already');
  });

  it('connects once, ends once, and not after a close', async () => {
    const events: string[] = [];
    const open = () => {
      const peer = plane.openPeer(peerRequest('audio both'));
      peer.events.on('connected', () => events.push('connected'));
      peer.events.on('ended', (reason, detail) => events.push(`${reason}: ${detail}`));
      return peer;
    };
    const peer = open();
    peer.connect();
    peer.connect();
    expect([peer.isConnected, peer.idleMs()]).toEqual([true, 0]);
    peer.idle = 31_000;
    expect(peer.idleMs()).toBe(31_000);
    peer.end('gone');
    peer.end('failed');
    peer.connect();
    expect(events.splice(0)).toEqual(['connected', 'gone: by the test']);
    const other = open();
    const closed = other.close('removed');
    other.connect();
    other.end('gone');
    await closed;
    expect(events).toEqual([]);
  });

  it('plays the client of an events channel', () => {
    const peer = plane.openPeer(peerRequest('data'));
    let opened: MediaChannel | null = null;
    peer.events.on('channel', (channel) => (opened = channel));
    const channel = peer.openChannel();
    expect(opened).toBe(channel);
    expect([channel.send('welcome'), channel.sent]).toEqual([true, ['welcome']]);
    channel.stuck = true;
    expect([channel.send('more'), channel.sent]).toEqual([false, ['welcome']]);
  });

  it('keeps the candidates, the offered ones first', async () => {
    const request = peerRequest('audio both');
    const [offered, early, late] = [candidate(1), candidate(2), candidate(3)];
    const peer = plane.openPeer({ ...request, plan: { ...request.plan, candidates: [offered] } });
    peer.addCandidate(early);
    await peer.answer();
    peer.addCandidate(late);
    await peer.close('gone');
    peer.addCandidate(candidate(4));
    expect(peer.candidates).toEqual([offered, early, late]);
  });

  it('finds a track in a slot of another kind', () => {
    const peer = plane.openPeer(peerRequest('audio both', 'video both'));
    const [audio] = peer.tracks as [Track];
    const [, video] = peer.slots as [Slot, Slot];
    expect(() => plane.openGraph().route(video, audio)).toThrow('audio in a slot for video');
  });

  it('hands out what a publisher is said to have sent, once', () => {
    const [track] = plane.openPeer(peerRequest('audio both')).tracks as [Track];
    const graph = plane.openGraph();
    const level = { track, packets: 5, bytes: 500, levels: [-20, -40], voiced: 1 };
    graph.publish(level);
    expect([graph.takeLevels([track]), graph.takeLevels([track])]).toEqual([[level], []]);
  });

  it('has taps whose numbers are made up, and which tell what was asked of them', () => {
    const { tracks } = plane.openPeer(peerRequest('audio both', 'video both'));
    const [audio, video] = tracks as [Track, Track];
    const tap = plane.openTap({ maxBytes: 65_536 });
    expect(plane.taps).toEqual([tap]);
    const slot = tap.slot(audio, 1 as Ssrc);
    expect(() => tap.slot(video, 1 as Ssrc)).toThrow('has a slot with SSRC 1');
    expect(tap.slots).toEqual([slot]);
    tap.requestKeyframe(audio);
    tap.requestKeyframe(video);
    expect(tap.keyframeRequests).toEqual([video]);
    tap.counted = { ...tap.stats(), overflowPackets: 7 };
    expect(tap.stats().overflowPackets).toBe(7);
    tap.close();
    expect([plane.taps, tap.slots]).toEqual([[], []]);
  });
});
