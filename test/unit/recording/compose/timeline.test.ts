import { entryAfter, type Entry, type Event } from '../../../../src/recording/manifest/entries.ts';
import { manifestOf } from '../../../../src/recording/manifest/manifest.ts';
import type { ScannedFile } from '../../../../src/recording/compose/scan.ts';
import { sourceOf } from '../../../../src/recording/compose/source.ts';
import { timelineOf } from '../../../../src/recording/compose/timeline.ts';
import type { Interval } from '../../../../src/recording/compose/types.ts';
import { ann, entriesOf, opened, START, started, voice } from '../manifest/support.ts';

const run = (startMs: number, endMs: number): Interval => ({ startMs, endMs });
const file = (name: string, ...streams: (readonly [string, ...Interval[]])[]): [string, ScannedFile] => {
  const path = `/recording/${name}`;
  const found = streams.map(([kind, ...runs], index) => ({
    index,
    kind,
    codec: kind === 'audio' ? 'opus' : 'vp8',
    runs,
  }));
  return [path, { path, isMatroska: name.endsWith('webm'), streams: found }];
};
const of = (files: [string, ScannedFile][], ...events: Event[]) =>
  timelineOf([sourceOf('/recording', manifestOf(entriesOf(started, ...events)))], new Map(files));

const ben: Event = { type: 'participant', csrc: 8, userid: 'ben', clientid: 'phone' };
const track = (ssrc: number, csrc: number, kind: 'audio' | 'video'): Event => ({
  type: 'track',
  ssrc,
  csrc,
  kind,
  codec: kind === 'audio' ? 'opus' : 'vp8',
  mid: '0',
});

it('begins with the first packet and ends with the last, whatever the files begin with', () => {
  const found = of(
    [file('a-1.webm', ['audio', run(500, 10_000)]), file('a-2.webm', ['audio', run(0, 4_000)])],
    ann,
    voice,
    opened(1, START + 1_000),
    opened(2, START + 20_000),
  );
  expect(found).toMatchObject({ conversation: 'room', originMs: START + 1_500, durationMs: 22_500 });
  expect(found.pieces.map(({ path, startMs, endMs, person }) => [path, startMs, endMs, person])).toEqual([
    ['/recording/a-1.webm', 0, 9_500, '["ann","laptop"]'],
    ['/recording/a-2.webm', 18_500, 22_500, '["ann","laptop"]'],
  ]);
});

it('knows the tracks of a file with several by their order among those of their kind', () => {
  const several = file(
    'a-1.webm',
    ['video', run(0, 1)],
    ['audio', run(0, 2)],
    ['audio', run(0, 3)],
    ['subtitle', run(0, 9)],
  );
  const tracks = [ann, ben, voice, track(2, 8, 'audio'), track(3, 8, 'video')];
  const { pieces } = of([several], ...tracks, opened(1, START, [2, 3, 1]));
  expect(pieces.map(({ stream, kind, person, isToBeCopied }) => [stream, kind, person, isToBeCopied])).toEqual([
    [1, 'audio', '["ben","phone"]', true],
    [2, 'audio', '["ann","laptop"]', true],
    [0, 'video', '["ben","phone"]', true],
  ]);
});

it('copies what is no Matroska file', () => {
  const { pieces } = of([file('a-1.ogg', ['audio', run(0, 1)])], ann, voice, {
    ...opened(1, START),
    files: ['a-1.ogg'],
  } as Event);
  expect(pieces.map(({ isToBeCopied }) => isToBeCopied)).toEqual([true]);
});

it('takes names of files for names, not for ways to somewhere else', () => {
  const { segments } = sourceOf(
    '/recording',
    manifestOf(
      entriesOf(started, ann, voice, { ...opened(1, START), files: ['../../etc/passwd', '/etc/shadow'] } as Event),
    ),
  );
  expect(segments[0]!.paths).toEqual(['/recording/passwd', '/recording/shadow']);
});

describe('who was there', () => {
  const files = [file('a-1.webm', ['audio', run(0, 20_000)])];

  it('from his first track to his last, also without a packet', () => {
    const ended: Event = { type: 'track-ended', ssrc: 2 };
    // A second apart: started, ann, voice, opened, ben, his track, its end.
    const { people } = of(files, ann, voice, opened(1, START), ben, track(2, 8, 'audio'), ended);
    expect(people.map(({ name, there }) => [name, there])).toEqual([
      ['ann', [run(0, 20_000)]],
      ['ben', [run(5_000, 6_000)]],
    ]);
  });

  it('up to the end where nobody wrote down when he left', () => {
    const { people } = of(files, ann, voice, opened(1, START), ben, track(2, 8, 'audio'));
    expect(people[1]).toMatchObject({ name: 'ben', there: [run(5_000, 20_000)] });
  });

  it('by device, which is named where a user has several', () => {
    const phone: Event = { type: 'participant', csrc: 9, userid: 'ann', clientid: '' };
    const { people } = of(files, ann, voice, opened(1, START), phone, track(2, 9, 'audio'));
    expect(people.map(({ name }) => name)).toEqual(['ann (laptop)', 'ann (no name)']);
  });

  it('as one over two recordings', () => {
    const source = (directory: string, csrc: number, startMs: number) => {
      const person = { type: 'participant', csrc, userid: 'ann', clientid: 'laptop' } as const;
      const events = [started, person, track(1, csrc, 'audio'), opened(1, startMs)];
      const entries = events.reduce<Entry[]>((all, event) => [...all, entryAfter(all.at(-1), startMs, event)], []);
      return sourceOf(directory, manifestOf(entries));
    };
    const sources = [source('/other', 70, START + 60_000), source('/recording', 7, START)];
    const other = { ...files[0]![1], path: '/other/a-1.webm' };
    const { people, durationMs } = timelineOf(sources, new Map([...files, [other.path, other]]));
    expect(durationMs).toBe(80_000);
    expect(people).toHaveLength(1);
    expect(people[0]!.there).toEqual([run(0, 20_000), run(60_000, 80_000)]);
  });
});

it('says what there is not', () => {
  expect(() => of([], ann, voice, opened(1, START))).toThrow('there is no file in it that could be played');
});
