import type { Event } from '../../../../src/recording/manifest/entries.ts';
import { viewOf } from '../../../../src/recording/manifest/view.ts';
import { ann, closed, entriesOf, facts, opened, START, started, voice } from './support.ts';

describe('what follows from the entries', () => {
  it('is who, what and when', () => {
    const view = viewOf(
      entriesOf(started, ann, voice, opened(1, START), closed(1, [facts({ startMs: START + 40 })]), {
        type: 'finished',
        interrupted: false,
        text: 'stopped',
      }),
    );
    expect(view).toEqual({
      recording: 'r1',
      conversation: 'room',
      pipeline: 'record-track',
      requestedBy: 'admin',
      startedAt: '2026-11-22T20:00:00.000Z',
      state: 'finished',
      interrupted: false,
      participants: [
        {
          csrc: 7,
          userid: 'ann',
          clientid: 'laptop',
          tracks: [{ ssrc: 1, kind: 'audio', codec: 'opus', mid: '0', gaps: [] }],
        },
      ],
      segments: [
        {
          segment: 1,
          start: '2026-11-22T20:00:00.000Z',
          originMs: START,
          closed: 'limit',
          files: [{ name: 'a-1.webm', bytes: 100, sha256: 'ab'.repeat(32) }],
          tracks: [facts({ startMs: START + 40 })],
          durationMs: 10_040,
        },
      ],
      found: [],
      overflowPackets: 0,
      troubles: [],
    });
  });

  it('has the settings of the pipeline, where they were written down', () => {
    const settings = { host: '10.0.0.9', port: 5004, key: null };
    expect(viewOf(entriesOf({ ...started, settings } as Event)).settings).toEqual(settings);
    expect(viewOf(entriesOf(started))).not.toHaveProperty('settings');
  });

  it('knows a segment that is open', () => {
    const view = viewOf(entriesOf(started, opened(4, START + 5)));
    expect(view).toMatchObject({ state: 'running', interrupted: false });
    expect(view.segments).toEqual([
      {
        segment: 4,
        start: '2026-11-22T20:00:00.005Z',
        originMs: START + 5,
        closed: null,
        files: [{ name: 'a-4.webm' }],
        tracks: [],
        durationMs: 0,
      },
    ]);
  });

  it('sums what the recorder did not take, and tells its troubles', () => {
    const view = viewOf(
      entriesOf(
        started,
        { type: 'recorder', what: 'began', text: '' },
        { type: 'overflow', packets: 3, bytes: 300 },
        { type: 'recorder', what: 'trouble', text: 'no space' },
        { type: 'overflow', packets: 4, bytes: 400 },
        { type: 'recorder', what: 'ended', text: 'SIGKILL' },
        { type: 'recorder', what: 'stopped', text: 'exit status 0' },
        { type: 'found', file: { name: 'x', bytes: 1, sha256: '00' }, durationMs: null },
      ),
    );
    expect(view.overflowPackets).toBe(7);
    expect(view.troubles).toEqual([
      { at: '2026-11-22T20:00:03.000Z', text: 'no space' },
      { at: '2026-11-22T20:00:05.000Z', text: 'SIGKILL' },
    ]);
    expect(view.found).toEqual([{ name: 'x', bytes: 1, sha256: '00' }]);
  });

  it('needs a beginning', () => {
    expect(() => viewOf([])).toThrow('does not start a recording');
    expect(() => viewOf(entriesOf(ann))).toThrow('does not start a recording');
  });
});

describe('gaps of a track', () => {
  const second = 1000;
  const gaps = (...events: readonly Event[]): unknown =>
    viewOf(entriesOf(started, ann, voice, ...events)).participants[0]?.tracks[0]?.gaps;
  const piece = (from: number, to: number) => facts({ startMs: START + from, durationMs: to - from });

  it('are where nothing was recorded between two segments', () => {
    expect(
      gaps(
        closed(1, [piece(0, 4 * second)]),
        closed(2, [piece(4.5 * second, 9 * second)]),
        opened(1, START),
        opened(2, START),
      ),
    ).toEqual([{ atMs: START + 4 * second, ms: 500, why: 'silent' }]);
  });

  it.each([
    ['the joint of two segments', 4000, 4080],
    ['segments that overlap', 4000, 3500],
  ])('are not %s', (_, end, start) => {
    expect(
      gaps(opened(1, START), opened(2, START), closed(1, [piece(0, end)]), closed(2, [piece(start, 9000)])),
    ).toEqual([]);
  });

  it('reach from the end of what lasted longest', () => {
    expect(
      gaps(
        ...[1, 2, 3].map((segment) => opened(segment, START)),
        closed(1, [piece(0, 8000)]),
        closed(2, [piece(1000, 2000)]),
        closed(3, [piece(8050, 9000)]),
      ),
    ).toEqual([]);
  });

  it('leave out segments without a packet of the track, and other tracks', () => {
    expect(
      gaps(
        ...[1, 2, 3].map((segment) => opened(segment, START)),
        closed(1, [piece(0, 1000), facts({ ssrc: 2, startMs: START + 3000 })]),
        closed(2, [facts({ startMs: null, durationMs: 0 })]),
        closed(3, [piece(2000, 3000)]),
      ),
    ).toEqual([{ atMs: START + 1000, ms: 1000, why: 'silent' }]);
  });

  it.each([
    ['recorder', 'interrupted', []],
    ['pipeline', 'error', []],
    ['silent', 'limit', []],
    // Entries are a second apart: this one is in the gap.
    ['recorder', 'limit', [{ type: 'recorder', what: 'ended', text: '' }]],
    ['recorder', 'error', [{ type: 'recorder', what: 'ended', text: '' }]],
    ['silent', 'limit', [{ type: 'recorder', what: 'began', text: '' }]],
  ] as const)('are the fault of: %s (%s, %j)', (why, end, events) => {
    // started, ann, voice, opened, opened, closed: the next entry is at 6 s.
    expect(
      gaps(
        opened(1, START),
        opened(2, START),
        closed(1, [piece(0, 5500)], end),
        ...events,
        closed(2, [piece(8000, 9000)]),
      ),
    ).toEqual([{ atMs: START + 5500, ms: 2500, why }]);
  });
});
