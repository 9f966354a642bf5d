import { parseArguments, USAGE } from '../../../../src/recording/compose/arguments.ts';
import { pictureList, voiceList } from '../../../../src/recording/compose/concat-list.ts';
import { audioGraph, during, videoGraph } from '../../../../src/recording/compose/filter-graph.ts';
import { sheetOf } from '../../../../src/recording/compose/contact-sheet.ts';
import { barOf, clockTime, Progress } from '../../../../src/recording/compose/progress.ts';
import { ScanReader } from '../../../../src/recording/compose/scan.ts';
import { shownText } from '../../../../src/recording/compose/text.ts';
import { HOSTILE_IDS } from '../support.ts';
import { piece, timeline } from './support.ts';

const ready = (name: string, startMs: number, endMs: number) => ({ name, startMs, endMs });
const run = (startMs: number, endMs: number) => ({ startMs, endMs });

describe('lists of files', () => {
  it('put pictures as far apart as they were', () => {
    expect(pictureList([ready('a', 1_000, 4_000), ready('b', 9_500, 10_000)])).toBe(
      'ffconcat version 1.0\nfile a\nduration 8.500\nfile b\nduration 0.500\n',
    );
  });

  it('fill what is between voices with silence, a file of it at a time, which ends before the next voice', () => {
    const silence = { name: 's', ms: 60_000 };
    expect(voiceList([ready('a', 500, 4_000), ready('b', 134_000, 135_000)], silence)).toBe(
      [
        'ffconcat version 1.0',
        ...['file s', 'duration 0.600', 'outpoint 0.560', 'file a', 'duration 3.500'],
        ...['file s', 'duration 60.000', 'file s', 'duration 60.000'],
        ...['file s', 'duration 10.000', 'outpoint 9.960', 'file b', 'duration 1.000', ''],
      ].join('\n'),
    );
  });

  it('begin with silence, whatever comes then; what is hardly a hole is left to the filters, and no time is lost', () => {
    expect(voiceList([ready('a', 0, 4_000), ready('b', 4_040, 5_000)], { name: 's', ms: 60_000 })).toBe(
      [
        'ffconcat version 1.0',
        ...['file s', 'duration 0.100', 'outpoint 0.060'],
        ...['file a', 'duration 4.040', 'file b', 'duration 0.960', ''],
      ].join('\n'),
    );
  });

  it('let one voice take over from the other where they overlap', () => {
    expect(voiceList([ready('a', 0, 4_000), ready('b', 3_900, 5_000)], { name: 's', ms: 60_000 })).toContain(
      'file a\nduration 3.900\nfile b\nduration 1.100\n',
    );
  });
});

describe('the graphs', () => {
  const rect = { x: 2, y: 4, width: 636, height: 356 };

  it('show an input in its cell while it is shown', () => {
    const graph = videoGraph(
      {
        width: 1280,
        height: 720,
        durationMs: 12_345,
        plates: [{ rect, shown: [run(0, 9_000)] }],
        pictures: [{ input: 3, rect, shown: [run(1_000, 2_000), run(4_000, 5_000)] }],
        labels: [{ rect, file: 'name-0.txt', shown: [run(0, 9_000)] }],
      },
      { rate: '25', fromMs: 0 },
    );
    expect(graph).toContain('color=c=0x202124:s=1280x720:r=25:d=12.345');
    expect(graph).toContain("drawbox=x=2:y=4:w=636:h=356:c=0x3c4043:t=fill:enable='gte(t,0.000)*lt(t,9.000)'");
    expect(graph).toContain('[3:v:0]scale=636:356:force_original_aspect_ratio=decrease');
    expect(graph).toContain(
      "[layer0][cell3]overlay=x='if(gte(t,1.000)*lt(t,2.000)+gte(t,4.000)*lt(t,5.000),2,W)':y=4:eof_action=repeat[layer1]",
    );
    expect(graph).toMatch(/\[layer1\]format=yuv420p,drawtext=textfile=name-0\.txt:expansion=none:.*\[video\]$/);
  });

  it('mix voices without making them quieter', () => {
    expect(audioGraph([0, 1], 9_000)).toMatch(
      /\[voice0\]\[voice1\]amix=inputs=2:normalize=0:duration=longest,.*atrim=start=0\.100,asetpts=PTS-STARTPTS,apad=whole_dur=9\.000,atrim=end=9\.000\[audio\]$/,
    );
  });

  it('say never for what is never shown, and one term for what follows each other', () => {
    expect(during([])).toBe('0');
    expect(during([run(0, 1_000), run(1_000, 2_000)])).toBe('gte(t,0.000)*lt(t,2.000)');
  });
});

describe('what ffprobe says', () => {
  const read = (...lines: string[]) => {
    const reader = new ScanReader();
    for (const line of lines) reader.take(line);
    return reader.result;
  };
  const packet = (index: number, at: number | string, duration: number | string) =>
    `packet|stream_index=${index}|pts_time=${at}|duration_time=${duration}`;

  it('becomes streams with the times in which something came', () => {
    expect(
      read(
        packet(1, '0.000000', '0.020000'),
        packet(0, '0.500000', 'N/A'),
        packet(1, '0.020000', '0.020000'),
        packet(0, '3.400000', 'N/A'),
        packet(0, '9.000000', 'N/A'),
        packet(0, 'N/A', 'N/A'),
        'stream|index=0|codec_name=vp8|codec_type=video',
        'stream|index=1|codec_name=opus|codec_type=audio',
        'stream|index=2|codec_name=vp8|codec_type=video',
        'format|format_name=matroska,webm',
      ),
    ).toEqual({
      isMatroska: true,
      streams: [
        { index: 0, kind: 'video', codec: 'vp8', runs: [run(500, 3_440), run(9_000, 9_040)] },
        { index: 1, kind: 'audio', codec: 'opus', runs: [run(0, 40)] },
      ],
    });
  });

  it('takes no other format for Matroska', () => {
    expect(read('format|format_name=ogg').isMatroska).toBe(false);
  });
});

describe('the contact sheet', () => {
  it('has a bar for each time, none wider than the sheet, and as many as there are pixels at most', () => {
    const pieces = Array.from({ length: 5_000 }, (_, n) => piece('ann', 'audio', n * 2, n * 2 + 1));
    const { boxes, width, texts } = sheetOf(timeline({ ann: [[0, 10_000]] }, pieces));
    expect(boxes.length).toBeLessThan(1_100);
    expect(boxes.every((box) => box.x >= 240 && box.x + box.width <= width && box.width > 0)).toBe(true);
    expect(texts.map(({ text }) => text)).toContain('2026-11-22 20:00:00 UTC, 2:46:40, 1 participant');
  });

  it('has no place for pictures where there are none', () => {
    expect(sheetOf(timeline({ ann: [[0, 9]] })).picturesY).toBeNull();
    expect(sheetOf(timeline({ ann: [[0, 9]] }, [piece('ann', 'video', 0, 1)])).picturesY).not.toBeNull();
  });
});

describe('progress', () => {
  const told = (isTTY: boolean, ...shares: number[]): string => {
    let text = '';
    const progress = new Progress({ isTTY, write: (more) => (text += more) }, 'composing', 0);
    for (const share of shares) progress.at(share, 1_000);
    progress.done(2_000);
    return text;
  };

  it('is a bar on a terminal, which stays on its line', () => {
    expect(told(true, 0.5)).toMatch(
      /^\rcomposing \[#{15}-{15}\] {2}50 %, 0:01 left {3}\rcomposing \[#{30}\] 100 %, 0:00 left {3}\n$/,
    );
  });

  it('is a line for each tenth elsewhere', () => {
    expect(told(false, 0, 0.01, 0.1, 0.11, 0.35, 2)).toBe(
      [0, 10, 35, 100].map((percent) => `composing: ${percent} %\n`).join(''),
    );
  });

  it('says nothing of the rest before there is something to tell it by', () => {
    expect(barOf('x', 0, 0)).toBe(`x [${'-'.repeat(30)}]   0 %   `);
  });

  it.each([
    [0, '0:00'],
    [59_600, '1:00'],
    [3_723_000, '1:02:03'],
  ])('%d ms are %s', (ms, text) => {
    expect(clockTime(ms)).toBe(text);
  });
});

describe('names as they are shown', () => {
  it.each(HOSTILE_IDS)('%j is one short line of text', (id) => {
    const text = shownText(id, 32);
    expect(text).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u);
    expect([...new Intl.Segmenter().segment(text)].length).toBeLessThanOrEqual(32);
    expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
  });
});

describe('the command line', () => {
  it.each([
    [['a', 'o.webm'], { recordings: ['a'], output: 'o.webm', contactSheet: null }],
    [['a', 'b', 'o.webm'], { recordings: ['a', 'b'], output: 'o.webm', contactSheet: null }],
    [['a', '--contact-sheet', 's.png'], { recordings: ['a'], output: null, contactSheet: 's.png' }],
    [['a', '--contact-sheet=s.png', 'o.webm'], { recordings: ['a'], output: 'o.webm', contactSheet: 's.png' }],
  ])('%j', (args, expected) => {
    expect(parseArguments(args)).toEqual(expected);
  });

  it.each([
    [[], 'there is no directory of a recording'],
    [['o.webm'], 'there is no directory of a recording'],
    [['a'], 'there is nothing to write: "a" is not named <file>.webm'],
    [['a', 'o.webm', '--contact-sheet', 's.jpg'], 'the contact sheet "s.jpg" must be named <file>.png'],
    [['a', 'o.webm', '--help'], '--help'],
  ])('%j is refused', (args, text) => {
    expect(() => parseArguments(args)).toThrow(text);
    expect(() => parseArguments(args)).toThrow(USAGE);
  });
});
