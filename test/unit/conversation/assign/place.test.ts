import fc from 'fast-check';
import type { PeerId } from '../../../../src/base/ids.ts';
import { ordersOf } from '../../../../src/conversation/assign/order.ts';
import { place, type Row } from '../../../../src/conversation/assign/place.ts';
import type { Participant } from '../../../../src/conversation/assign/types.ts';
import type { Slot, Track } from '../../../../src/media/types.ts';
import type { MediaKind } from '../../../../src/sdp/types.ts';
import { AV, SILENCE, slotsOf, viewer } from '../../../support/participants.ts';

/**
 * Compares with every way there is to put those who were chosen into slots: none has more pairs, and none that has as
 * many moves fewer voices.
 */

type Cells = readonly (Track | null)[];
interface Rows {
  readonly audio: Row;
  readonly video: Row;
}

/** Who publishes what: five with both, one with a voice only, one with a camera only, one with two of each. */
const PEOPLE: Participant[] = [
  ...[0, 1, 2, 3, 4].map((rank) => viewer(`p${rank}`, rank)),
  viewer('voice', 5, ['audio']),
  viewer('camera', 6, ['video']),
  viewer('two', 7, [...AV, ...AV]),
];
const ORDERS = ordersOf(PEOPLE, SILENCE);
const TRACKS = {
  audio: ORDERS.audio.publishers.flatMap(({ tracks }) => tracks),
  video: ORDERS.video.publishers.flatMap(({ tracks }) => tracks),
};

/** A row in any state it may be in: any tracks, any of them chosen, any of the pinned ones pinned. */
function anyRow(kind: MediaKind): fc.Arbitrary<Row> {
  return fc.nat(3).chain((size) => {
    const tracks = (count: number) => fc.shuffledSubarray(TRACKS[kind], { minLength: 0, maxLength: count });
    return fc
      .record({
        before: tracks(size),
        holes: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
        stay: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
        others: tracks(size),
        pin: fc.option(fc.record({ index: fc.nat(Math.max(0, size - 1)), track: fc.constantFrom(...TRACKS[kind]) })),
      })
      .map(({ before, holes, stay, others, pin }) => {
        const cells = holes.map((hole, i) => (hole ? null : (before[i] ?? null)));
        const now = cells.map((_, i) => (pin?.index === i ? pin.track : null));
        const wanted = new Set([...cells.filter((each, i) => each !== null && stay[i] === true), ...others] as Track[]);
        const pinned = now.find((each) => each !== null)?.peer;
        const chosen = [...wanted].filter(({ peer }) => peer !== pinned);
        const places = now.filter((each) => each === null).length;
        const slots = slotsOf(viewer('receiver', 100, [], size, size), kind);
        return { order: ORDERS[kind], slots, before: cells, chosen: chosen.slice(0, places), now };
      });
  });
}

const anyRows: fc.Arbitrary<Rows> = fc.record({ audio: anyRow('audio'), video: anyRow('video') });

/** Every way to put `tracks` into the empty cells. */
function* placements(cells: Cells, tracks: readonly Track[]): Generator<Cells> {
  const [track, ...rest] = tracks;
  if (track === undefined) {
    yield cells;
    return;
  }
  for (const index of cells.keys()) {
    if (cells[index] === null) yield* placements(cells.with(index, track), rest);
  }
}

const voiceBeside = (video: Track | null): Track | null => {
  const publisher = ORDERS.video.byId.get(video?.peer ?? ('nobody' as PeerId));
  if (publisher?.tracks[0] !== video) return null;
  return ORDERS.audio.byId.get(publisher.id)?.tracks[0] ?? null;
};

interface Score {
  readonly pairs: number;
  readonly moves: number;
}

/** Null where a rule is broken: a video that could stay has moved, or a voice is not beside its video. */
function score({ audio, video }: Rows, heard: Cells, seen: Cells): Score | null {
  for (const [index, track] of video.before.entries()) {
    if (track !== null && video.chosen.includes(track) && video.now[index] === null && seen[index] !== track)
      return null;
  }
  let pairs = 0;
  for (const index of heard.keys()) {
    const voice = voiceBeside(seen[index] ?? null);
    if (voice === null || !heard.includes(voice)) continue;
    if (heard[index] === voice) pairs += 1;
    else if (audio.now[index] === null && !audio.now.includes(voice)) return null;
  }
  const moves = audio.before.filter((track, i) => track !== null && heard.includes(track) && heard[i] !== track).length;
  return { pairs, moves };
}

/** The rules let a voice that is pinned elsewhere be, so that it is no pair to be gained; what is pinned already is. */
function best(rows: Rows): Score {
  const all: Score[] = [];
  for (const seen of placements(rows.video.now, rows.video.chosen)) {
    for (const heard of placements(rows.audio.now, rows.audio.chosen)) {
      const each = score(rows, heard, seen);
      if (each !== null) all.push(each);
    }
  }
  const [first] = all.sort((a, b) => b.pairs - a.pairs || a.moves - b.moves);
  if (first === undefined) throw new Error('there is no way at all');
  return first;
}

const copyOf = (row: Row): Row => ({ ...row, now: [...row.now] });

function placed(rows: Rows): Rows {
  const copy = { audio: copyOf(rows.audio), video: copyOf(rows.video) };
  place(copy.audio, copy.video);
  return copy;
}

describe('place', () => {
  it('has the most pairs there can be, and by the fewest moves', () =>
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { audio, video } = placed(rows);
        expect(score(rows, audio.now, video.now)).toEqual(best(rows));
      }),
      { numRuns: 2000 },
    ));

  it('puts everybody who was chosen somewhere, once, and leaves pins alone', () =>
    fc.assert(
      fc.property(anyRows, (rows) => {
        const after = placed(rows);
        for (const kind of ['audio', 'video'] as const) {
          const pinned = rows[kind].now.filter((each) => each !== null);
          const filled = after[kind].now.filter((each) => each !== null);
          expect(new Set(filled)).toEqual(new Set([...pinned, ...rows[kind].chosen]));
          expect(filled).toHaveLength(pinned.length + rows[kind].chosen.length);
          for (const [i, track] of rows[kind].now.entries()) if (track !== null) expect(after[kind].now[i]).toBe(track);
        }
      }),
      { numRuns: 500 },
    ));

  it('takes slots that change anyway before it takes empty ones', () => {
    const [a, b] = PEOPLE.slice(0, 2).map(({ tracks }) => tracks[0]) as [Track, Track];
    const slots: Slot[] = slotsOf(viewer('receiver', 100, [], 3, 0), 'audio');
    const audio: Row = { order: ORDERS.audio, slots, before: [null, a, null], chosen: [b], now: [null, null, null] };
    const video: Row = { order: ORDERS.video, slots: [], before: [], chosen: [], now: [] };
    place(audio, video);
    expect(audio.now).toEqual([null, b, null]);
  });
});
