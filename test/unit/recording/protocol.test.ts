import { LineCutter, lineOf, MAX_LINE, messageOf, type FromRecorder } from '../../../src/recording/protocol.ts';

describe('lines', () => {
  it('are cut where they end, however they come', () => {
    const cutter = new LineCutter();
    expect(cutter.push('{"a":1}\n{"b"')).toEqual(['{"a":1}']);
    expect(cutter.push(':2}')).toEqual([]);
    expect(cutter.push('\n\n{}\n')).toEqual(['{"b":2}', '{}']);
  });

  it('are not longer than memory is for', () => {
    const cutter = new LineCutter();
    cutter.push('x'.repeat(MAX_LINE));
    expect(() => cutter.push('x')).toThrow(RangeError);
  });
});

describe('a message of a recorder', () => {
  const counted = { packets: 1, bytes: 2, lost: 0, late: 0, duplicates: 0, filledMs: 0.5 };
  const track = { ssrc: 1, startMs: 1.5, durationMs: 2, counted };
  const closed = {
    type: 'segment-closed',
    segment: 1,
    why: 'limit',
    files: [{ name: 'a-1.webm', bytes: 3, sha256: 'ab'.repeat(32) }],
    tracks: [track],
  } as const;

  it.each<[FromRecorder]>([
    [{ type: 'ready' }],
    [{ type: 'checked', name: 'record-track' }],
    [{ type: 'refused', text: 'x.gst:1:1: no element "x"' }],
    [{ type: 'segment-opened', segment: 1, originMs: 1.5, files: ['a-1.webm'], tracks: [1, 2] }],
    [closed],
    [{ ...closed, tracks: [{ ...track, startMs: null, counted: null }] }],
    [{ type: 'progress', blocked: true, frames: 1, malformed: 0 }],
    [{ type: 'keyframe', ssrc: 7 }],
    [{ type: 'skipped', ssrc: 7, text: 'x' }],
    [{ type: 'measurement', ssrc: null, name: 'level', fields: { rms: [-1] } }],
    [{ type: 'trouble', text: 'x' }],
    [{ type: 'stopped' }],
  ])('%j is taken', (message) => {
    expect(messageOf(lineOf(message).trim())).toEqual(message);
  });

  it.each<[unknown]>([
    [null],
    [7],
    ['ready'],
    [{}],
    [{ type: 'toString' }],
    [{ type: 'other' }],
    [{ type: 'keyframe' }],
    [{ type: 'keyframe', ssrc: '7' }],
    [{ type: 'keyframe', ssrc: null }],
    [{ type: 'trouble', text: 'x'.repeat(8193) }],
    [{ type: 'segment-opened', segment: 1, originMs: 1, files: ['../a'], tracks: [1] }],
    [{ type: 'segment-opened', segment: 1, originMs: 1, files: ['.a'], tracks: [1] }],
    [{ type: 'segment-opened', segment: 1, originMs: 1, files: 'a', tracks: [1] }],
    [{ type: 'segment-opened', segment: 1, originMs: null, files: [], tracks: [1] }],
    [{ ...closed, why: 'because' }],
    [{ ...closed, files: [{ name: 'a', bytes: 1, sha256: 'x' }] }],
    [{ ...closed, tracks: [{ ...track, counted: { ...counted, lost: '0' } }] }],
    [{ ...closed, tracks: [null] }],
    [{ ...closed, tracks: new Array(10_001).fill(track) }],
  ])('%j is not', (message) => {
    expect(messageOf(JSON.stringify(message))).toBeNull();
  });

  it.each(['', '{', '{"type":"ready"', 'undefined'])('%j is not', (line) => {
    expect(messageOf(line)).toBeNull();
  });
});
