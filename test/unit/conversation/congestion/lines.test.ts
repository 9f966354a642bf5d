import type { ClientId, Mid, PeerId, UserId } from '../../../../src/base/ids.ts';
import { Lines, type Receiver } from '../../../../src/conversation/congestion/lines.ts';
import type { Member } from '../../../../src/conversation/types.ts';
import type { LineFigures, Slot } from '../../../../src/media/types.ts';
import type { MediaKind } from '../../../../src/sdp/types.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const LOSSY: LineFigures = { loss: 0.2, queueMs: null };
const GOOD: LineFigures = { loss: 0, queueMs: null };

const slotsOf = (peer: PeerId, ...kinds: MediaKind[]): Slot[] =>
  kinds.map((kind, index) => ({ peer, mid: String(index) as Mid, kind, index }));

interface Told extends Receiver {
  figures: LineFigures;
  asked: number;
  connectedSince: number | null;
}

const receiver = (name: string, ...kinds: MediaKind[]): Told => {
  const id = name as PeerId;
  return {
    ...{ id, userid: name as UserId, clientid: '' as ClientId, slots: slotsOf(id, ...kinds) },
    ...{ connectedSince: 0, figures: LOSSY, asked: 0 },
    line() {
      this.asked += 1;
      return this.figures;
    },
  };
};

/** Each fills as many of its slots as it may. */
const look = (...receivers: Told[]) => {
  const clock = new ManualClock();
  const limits = new Map<PeerId, number | null>();
  const errors: unknown[] = [];
  const told: string[] = [];
  const present = new Set(receivers);
  const routes = {
    slotsOf: (peer: PeerId) => {
      const slots = receivers.find(({ id }) => id === peer)?.slots ?? [];
      const most = limits.get(peer) ?? Infinity;
      let filled = 0;
      return new Map(slots.map((slot) => [slot, slot.kind === 'video' && ++filled > most ? null : ({} as Member)]));
    },
    limitVideo: (peer: PeerId, videos: number | null) => void limits.set(peer, videos),
  };
  const lines = new Lines({ receivers: present, routes, clock, onError: (error) => errors.push(error) });
  lines.start();
  lines.events.on('changed', ({ id }, videos, { loss }) => told.push(`${id} ${videos ?? 'all'} ${loss ?? '-'}`));
  return { clock, limits, errors, told, present, lines };
};

it('limits those whose line is congested and no others, and tells of each change once', () => {
  const [ann, ben] = [receiver('ann', 'audio', 'video', 'video'), receiver('ben', 'audio', 'video')];
  ben.figures = GOOD;
  const { clock, limits, told, lines } = look(ann, ben);
  clock.advance(4_000);
  expect([...limits]).toEqual([['ann', 1]]);
  expect([lines.videosOf(ann.id), lines.videosOf(ben.id)]).toEqual([1, null]);
  expect(lines.counts).toEqual({ thinned: 1, paused: 0 });
  clock.advance(2_000);
  expect(lines.counts).toEqual({ thinned: 0, paused: 1 });
  ann.figures = GOOD;
  clock.advance(20_000);
  expect(told).toEqual(['ann 1 0.2', 'ann 0 0.2', 'ann 1 0', 'ann all 0']);
  expect(lines.counts).toEqual({ thinned: 0, paused: 0 });
});

it('looks four times a second at whoever has just got more, for five seconds, and takes it away with the first bad look', () => {
  const [ann, ben] = [receiver('ann', 'audio', 'video'), receiver('ben', 'audio', 'video')];
  ben.figures = GOOD;
  const { clock, lines } = look(ann, ben);
  clock.advance(3_000);
  expect(lines.videosOf(ann.id)).toBe(0);
  ann.figures = GOOD;
  clock.advance(6_000);
  expect(lines.videosOf(ann.id)).toBe(null);
  ann.figures = LOSSY;
  clock.advance(250);
  expect(lines.videosOf(ann.id)).toBe(0);

  ann.figures = GOOD;
  clock.advance(11_000 - 250);
  expect(lines.videosOf(ann.id)).toBe(null);
  const asked = [ann.asked, ben.asked];
  clock.advance(5_000);
  expect([ann.asked, ben.asked].map((now, index) => now - asked[index]!)).toEqual([20, 5]);
  clock.advance(5_000);
  expect(ann.asked - asked[0]!).toBe(25);
});

it('asks nobody who gets no video, is not connected, or has gone; who comes again begins anew', () => {
  const [listener, early, leaver] = [receiver('a', 'audio'), receiver('b', 'video'), receiver('c', 'video')];
  early.connectedSince = null;
  const { clock, present, lines } = look(listener, early, leaver);
  clock.advance(4_000);
  expect([listener.asked, early.asked, leaver.asked]).toEqual([0, 0, 4]);
  expect(lines.counts.paused).toBe(1);
  present.delete(leaver);
  clock.advance(1_000);
  expect([leaver.asked, lines.counts.paused, lines.videosOf(leaver.id)]).toEqual([4, 0, null]);
});

it('goes on where one of them throws', () => {
  const [broken, other] = [receiver('a', 'video'), receiver('b', 'video')];
  const fault = new Error('by the test');
  broken.line = () => {
    throw fault;
  };
  const { clock, errors, lines } = look(broken, other);
  clock.advance(4_000);
  expect(lines.videosOf(other.id)).toBe(0);
  expect(new Set(errors)).toEqual(new Set([fault]));
});

it('leaves no timer', () => {
  const { clock, lines } = look(receiver('a', 'video'));
  lines.stop();
  expect(clock.timers).toBe(0);
});
