import gst from 'node-gst';
import { readdirSync, readFileSync } from 'node:fs';
import { checkPipelineFile, sampleSettings } from '../../../../src/recording/child/check.ts';
import { parsePipelineFile } from '../../../../src/recording/pipeline-file/pipeline-file.ts';
import { eventually } from '../../../support/eventually.ts';

const FOLDER = new URL('../../../../pipelines/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(`${name}.gst`, FOLDER), 'utf8');
const NAMES = readdirSync(FOLDER)
  .map((name) => name.replace('.gst', ''))
  .filter((name) => name !== 'peer');

beforeAll(() => void gst.init());

describe('the pipelines of the repository', () => {
  it.each(NAMES)('%s can be made for every codec that it is for', (name) => {
    const file = parsePipelineFile(name, read(name));
    checkPipelineFile(file, sampleSettings(file));
    expect(file.branches.size).toBeGreaterThan(0);
  });

  it.each([
    ['record-audio', ['opus']],
    ['record-track', ['opus', 'vp8', 'h264']],
    ['record-conversation', ['opus', 'vp8', 'h264']],
    ['stream-rtp', ['opus', 'vp8', 'h264']],
    ['levels', ['opus']],
  ])('%s is for %j', (name, codecs) => {
    expect([...parsePipelineFile(name, read(name)).branches.keys()]).toEqual(codecs);
  });
});

it('the example in docs/recording.md can be made', () => {
  const docs = readFileSync(new URL('../../../../docs/recording.md', import.meta.url), 'utf8');
  const example = /^ *# name: snore\n[^`]*/m.exec(docs)?.[0] ?? '';
  const file = parsePipelineFile('snore', example.replace(/^ {3}/gm, ''));
  checkPipelineFile(file, sampleSettings(file));
  expect([file.messages, file.settings.map(({ name }) => name)]).toEqual([['level'], ['interval']]);
});

describe('a mistake', () => {
  const HEADER = '# name: x\n# scope: track\n# kinds: audio\n# settings: port:number=5004, host\n';
  const check = (body: string, settings?: ReadonlyMap<string, string | number>): void => {
    const file = parsePipelineFile('x', `${HEADER}${body}`);
    checkPipelineFile(file, settings ?? sampleSettings(file));
  };

  it.each([
    ['appsrc name=track ! fakesnk', '5:21: no element "fakesnk"'],
    ['appsrc name=track\n  ! rtpopusdepay\n  ! opusprase ! fakesink', '7:5: no element "opusprase"'],
    ['appsrc name=track ! fakesink snyc=true', '5:30: no property "snyc" in element "fakesink"'],
    ['appsrc name=track ! fakesink sync=maybe', '5:30: could not set property "sync" in element "fakesink" to "maybe"'],
    ['appsrc name=track ! rtpopusdepay ! h264parse ! fakesink', '5:36: could not link rtpopusdepay'],
    ['appsrc name=track ! ! fakesink', '5:21: syntax error'],
    ['appsrc name=track ! fakesink )', '5:30: syntax error'],
    ['appsrc name=track ! mux.', '5:21: No sink-element named'],
    ['appsrc name=track ! audio/x-raw,rate={1 ! fakesink', '5:21: could not parse caps "audio/x-raw,rate={1"'],
    [
      'appsrc name=track ! udpsink port={userid}',
      '5:29: could not set property "port" in element "udpsink" to "placeholder"',
    ],
    ['appsrc name=track ! udpsink prot={port}', '5:29: no property "prot" in element "udpsink"'],
    ['appsrc name=track ! fakesink ts-offset={host}', '5:30: could not set property "ts-offset"'],
  ])('%j is refused with the words of GStreamer and its place: x.gst:%s', (body, message) => {
    expect(() => check(body)).toThrow(`x.gst:${message}`);
  });

  it('of a value is refused where its type or range is wrong', () => {
    expect(() => check('appsrc name=track ! udpsink ttl={clockrate}')).toThrow(/^x\.gst:5:29: .*ttl/);
  });

  it.each([99_999, -1, 1.5])('of a setting is refused where the property does not take it: %d', (port) => {
    const settings = new Map<string, string | number>([
      ['port', port],
      ['host', 'x'],
    ]);
    expect(() => check('appsrc name=track ! udpsink port={port} host={host}', settings)).toThrow(
      /^x\.gst:5:29: .*port/,
    );
  });
});

it('leaves nothing behind', async () => {
  await eventually('everything is freed', () =>
    gst.counters().objects + gst.counters().pipelines === 0 ? true : null,
  );
});
