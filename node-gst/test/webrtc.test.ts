/** webrtcbin, driven from JavaScript: what made other bindings hang, lose or leak. */
import { jest } from '@jest/globals';
import { counters, make } from 'node-gst';
import type { GstObject, Sdp, Value } from 'node-gst';
import {
  allGone,
  connect,
  fixture,
  openFds,
  Peer,
  rejected,
  rssMb,
  sendAudio,
  threads,
  until,
  within,
} from './support.ts';

jest.setTimeout(60_000);
afterEach(allGone);

const OPUS = 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111';
const VP8 = 'application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96';

const offerOf = (name: string): Sdp => ({ type: 'offer', sdp: fixture(name) });

async function start(...peers: Peer[]): Promise<void> {
  for (const peer of peers) expect(await peer.pipeline.setState('PLAYING')).toBe('PLAYING');
}

async function packetsReceived(peer: Peer, enough: number): Promise<void> {
  let received = 0;
  for (let polls = 0; received < enough; ++polls) {
    expect(polls).toBeLessThan(300);
    const [inbound] = await peer.stats('inbound-rtp');
    received = Number(inbound?.['packets-received'] ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('new pads', () => {
  test('drain: an unlinked pad takes all data and reception goes on', async () => {
    const caller = new Peer('caller');
    const callee = new Peer('callee');
    sendAudio(caller);
    callee.bin.on('pad-added', null, { drain: true });
    await start(caller, callee);
    await connect(caller, callee);
    await packetsReceived(callee, 150);
    expect([...caller.errors, ...callee.errors]).toEqual([]);
    await caller.close();
    await callee.close();
  });

  test('block: data waits for unblock()', async () => {
    const caller = new Peer('caller');
    const callee = new Peer('callee');
    sendAudio(caller);
    const pads: GstObject[] = [];
    callee.bin.on('pad-added', (pad) => pads.push(pad as GstObject), { block: true });
    await start(caller, callee);
    await connect(caller, callee);
    await until('the pad is there', () => pads.length === 1);

    const sink = make('fakesink').set('sync', false).set('async', false).set('signal-handoffs', true);
    let handoffs = 0;
    sink.on('handoff', (buffer, pad) => {
      expect(buffer).toHaveProperty('byteLength', 172);
      (pad as GstObject).dispose();
      ++handoffs;
    });
    callee.pipeline.add(sink);
    expect(sink.syncStateWithParent()).toBe(true);
    const end = sink.staticPad('sink')!;
    pads[0]!.link(end);
    await packetsReceived(callee, 30);
    expect(handoffs).toBe(0);
    expect(pads[0]!.unblock()).toBe(true);
    expect(pads[0]!.unblock()).toBe(false);
    await until('data flows', () => handoffs >= 30 || handoffs);
    expect([...caller.errors, ...callee.errors]).toEqual([]);
    await caller.close();
    await callee.close();
    for (const object of [sink, end, ...pads]) object.dispose();
  });

  test('a property of webrtcbin can be read while it emits under its lock', async () => {
    for (let round = 0; round < 20; ++round) {
      const peer = new Peer('answerer');
      let emitted = 0;
      // 1.22 makes the pads of transceivers now, 1.26 when there is something to send.
      peer.bin.on('pad-added', (pad) => {
        ++emitted;
        expect(peer.bin.get('signaling-state')).toMatch(/stable|have-remote-offer/);
        (pad as GstObject).dispose();
      });
      peer.bin.on('on-new-transceiver', (transceiver) => {
        ++emitted;
        peer.bin.get('connection-state');
        (transceiver as GstObject).dispose();
      });
      await start(peer);
      await peer.op('set-remote-description', offerOf('chromium-156-listen-only.sdp'));
      for (const caps of [OPUS, OPUS, VP8]) (peer.bin.emit('add-transceiver', 'sendonly', caps) as GstObject).dispose();
      const reply = await peer.op('create-answer', null);
      const set = peer.op('set-local-description', reply?.['answer'] ?? null);
      for (let i = 0; i < 500; ++i) {
        peer.bin.get('ice-gathering-state');
        peer.bin.get('local-description');
      }
      await set;
      await until('three transceivers or their pads', () => emitted >= 3 || emitted);
      await peer.close();
    }
  });
});

describe('promises', () => {
  test('an error of webrtcbin rejects with a GstError', async () => {
    const peer = new Peer('peer');
    await start(peer);
    const error = await rejected(peer.op('create-answer', null));
    expect(error.name).toBe('GstError');
    expect(error['domain']).toMatch(/webrtc/);
    expect(error['code']).toEqual(expect.any(Number));
    expect(error.message.length).toBeGreaterThan(5);
    await peer.close();
  });

  test('one emitted on a closed bin is answered', async () => {
    const peer = new Peer('peer');
    await start(peer);
    await peer.pipeline.setState('NULL');
    const error = await rejected(peer.op('create-offer', null));
    expect(error.message).toMatch(/closed/);
    await peer.close();
  });

  test('a long queue of them does not hold up the end for ever, and none is lost', async () => {
    const close = async (): Promise<void> => {
      const peer = new Peer('peer');
      await start(peer);
      await peer.op('set-remote-description', offerOf('chromium-156-listen-only.sdp'));
      const promises = Array.from({ length: 3000 }, () => peer.bin.emitPromise('create-answer', null));
      const before = performance.now();
      const closed = peer.close();
      const settled = await within('all are answered', Promise.allSettled(promises));
      await closed;
      expect(performance.now() - before).toBeLessThan(8000);
      const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : []));
      expect(reasons.length).toBeGreaterThan(0);
      for (const reason of new Set(reasons)) expect(reason).toMatch(/is closed|stopped before it answered/);
    };
    await Promise.all(Array.from({ length: 4 }, close));
  });

  test('those in flight when the bin closes are all answered, and no socket is lost', async () => {
    const settle = async (): Promise<number> => {
      const peer = new Peer('peer');
      await start(peer);
      await peer.op('set-remote-description', offerOf('chromium-156-audio-video.sdp'));
      const reply = await peer.op('create-answer', null);
      const inFlight = [
        peer.bin.emitPromise('set-local-description', reply?.['answer'] ?? null),
        peer.bin.emitPromise('get-stats', null),
        peer.bin.emitPromise('create-offer', null),
      ];
      const closed = peer.close();
      const settled = await within('all are answered', Promise.allSettled(inFlight));
      await closed;
      return settled.length;
    };
    for (let i = 0; i < 3; ++i) await settle();
    await allGone();
    const before = openFds();
    for (let i = 0; i < 40; ++i) expect(await settle()).toBe(3);
    await allGone();
    await until('the descriptors are back', () => openFds() <= before + 2 || openFds() - before);
  });
});

describe('data channels', () => {
  test('a tap misses nothing from inside the emission on', async () => {
    const caller = new Peer('caller');
    const callee = new Peer('callee');
    const mine = await (async () => {
      await start(caller, callee);
      return caller.bin.emit('create-data-channel', 'events', null) as GstObject;
    })();
    const seen: Value[][] = [];
    const channels: GstObject[] = [];
    const objects = new Set<GstObject>();
    callee.bin.on('on-data-channel', (channel) => channels.push(channel as GstObject), {
      tap: ['on-message-string', 'on-message-data', 'notify::ready-state', 'on-error', 'on-close'],
      onTap: (signal, object, ...args) => {
        expect(channels).toHaveLength(1); // the channel itself came first
        objects.add(object);
        seen.push([signal, ...args]);
      },
    });
    mine.on('on-open', () => {
      for (let i = 0; i < 20; ++i) mine.emit('send-string', `message ${i}`);
      mine.emit('send-data', Uint8Array.of(0, 1, 255));
      // The other side emits all of it before it is looked at once.
      const end = performance.now() + 300;
      while (performance.now() < end);
    });
    await connect(caller, callee);
    const of = (signal: string) => seen.filter(([name]) => name === signal).map(([, ...args]) => args[0]);
    await until('all messages came', () => of('on-message-data').length === 1 || seen.length);
    expect(of('on-message-string')).toEqual(Array.from({ length: 20 }, (_, i) => `message ${i}`));
    expect(Array.from(of('on-message-data')[0] as Uint8Array)).toEqual([0, 1, 255]);
    expect(channels[0]!.get('ready-state')).toBe('open');
    expect(channels[0]!.get('label')).toBe('events');
    expect([...objects]).toEqual([channels[0]]);

    // A buffer without a payload protocol is an error to the receiver, which closes the channel.
    let appsrc: GstObject | null = null;
    for (let i = 0; appsrc === null && i < 200; ++i) appsrc = caller.bin.byName(`appsrc${i}`);
    appsrc!.emit('push-buffer', Uint8Array.of(1));
    await until('the channel closed', () => of('on-error').length === 1 || seen.map(([name]) => name));
    expect(of('on-error')[0]).toEqual({
      message: expect.stringMatching(/PPID/),
      domain: expect.stringMatching(/webrtc/),
      code: expect.any(Number),
    });

    // Disposing the channel ends its tap.
    const before = counters().callbacks;
    channels[0]!.dispose();
    expect(counters().callbacks).toBe(before - 1);
    await caller.close();
    await callee.close();
    mine.dispose();
    appsrc!.dispose();
  });
});

test('300 rounds of create, answer and close leave nothing behind', async () => {
  const offer = offerOf('chromium-156-audio-video.sdp');
  const round = async (): Promise<void> => {
    const peer = new Peer('peer');
    peer.bin.on('pad-added', null, { drain: true });
    peer.bin.on('notify::connection-state', () => undefined);
    await start(peer);
    const made = [OPUS, VP8].map((caps) => peer.bin.emit('add-transceiver', 'recvonly', caps) as GstObject);
    const answer = await peer.answer(offer);
    expect(answer.sdp.match(/^a=recvonly/gm)).toHaveLength(2);
    for (const transceiver of made) transceiver.dispose();
    await peer.close();
  };
  for (let i = 0; i < 10; ++i) await round();
  await allGone();
  // Pools of GLib and libuv shrink and grow for a while after the first rounds.
  let [steady, last] = [0, 0];
  await until('the number of threads is steady', () => {
    const now = threads();
    steady = now === last ? steady + 1 : 0;
    last = now;
    return steady > 100 || now;
  });
  const before = { fds: openFds(), threads: threads(), rss: rssMb() };
  for (let i = 0; i < 300; ++i) await round();
  await allGone();
  await until('threads are back', () => threads() <= before.threads || threads() - before.threads, 20_000);
  await until('descriptors are back', () => openFds() <= before.fds || openFds() - before.fds);
  process.stdout.write(`300 rounds: RSS ${before.rss} -> ${rssMb()} MB, ${threads()} threads, ${openFds()} fds\n`);
});
