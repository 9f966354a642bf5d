import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceError } from '../../../../src/base/errors.ts';
import {
  loadPipelines,
  pipelineNamed,
  settingsFor,
  shownSettings,
  typedSettings,
} from '../../../../src/recording/service/pipelines.ts';

const thrown = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code}: ${error.detail ?? ''}`;
    throw error;
  }
  throw new Error('nothing was thrown');
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pipelines-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const HEADER = '# scope: track\n# kinds: audio\n# settings: host, port:number=5004\n';
const write = (name: string, body = 'appsrc name=track ! fakesink'): void =>
  writeFileSync(join(folder, `${name}.gst`), `# name: ${name}\n${HEADER}${body}`);

it('are the files of the folder, without that of the media plane', () => {
  for (const name of ['one', 'two', 'peer']) write(name);
  writeFileSync(join(folder, 'README'), 'no pipeline');
  const pipelines = loadPipelines(folder);
  expect([...pipelines.keys()].sort()).toEqual(['one', 'two']);
  expect(pipelineNamed(pipelines, 'one').text).toContain('fakesink');
  for (const name of ['peer', 'three', '../one', '', '__proto__']) {
    expect(thrown(() => pipelineNamed(pipelines, name))).toMatch(/^recording-pipeline: (one, two|two, one)$/);
  }
});

it('with a mistake end the start, with its place', () => {
  write('one', 'appsrc name=track ! fakesink location={dir}/x');
  expect(thrown(() => loadPipelines(folder))).toBe(
    'pipelines: one.gst:5:39: a location needs {segment}, or files would overwrite one another',
  );
});

describe('the settings of a pipeline', () => {
  beforeEach(() => write('one'));
  const one = () => pipelineNamed(loadPipelines(folder), 'one');

  it('are what is given, else the defaults', () => {
    expect(settingsFor(one(), { host: 'a' })).toEqual({ host: 'a', port: 5004 });
  });

  it.each([
    [{}, 'the setting host is needed'],
    [{ host: 'a', port: '1' }, 'the setting port is a number'],
    [{ host: 'a', speed: 1 }, 'there is no setting speed'],
    [JSON.parse('{"host":"a","__proto__":1}') as object, 'there is no setting __proto__'],
    [{ host: { toString: () => 'a' } }, 'the setting host is a text of at most 1024 characters'],
  ])('%j is refused: %s', (given, text) => {
    expect(thrown(() => settingsFor(one(), given as Record<string, unknown>))).toBe(`recording-settings: ${text}`);
  });

  it('may be named as what every object has', () => {
    writeFileSync(
      join(folder, 'one.gst'),
      '# name: one\n# scope: track\n# kinds: audio\n# settings: constructor=a\nappsrc name=track',
    );
    expect(settingsFor(one(), {})).toEqual({ constructor: 'a' });
  });

  it('that come as text become what is declared', () => {
    expect(typedSettings(one(), { host: '7', port: '7', other: '7' })).toEqual({ host: '7', port: 7, other: '7' });
    // What is no number stays what it is, and is refused as such.
    expect(typedSettings(one(), { port: 'x' })).toEqual({ port: 'x' });
  });
});

it('of a secret only the name is shown', () => {
  writeFileSync(
    join(folder, 'one.gst'),
    '# name: one\n# scope: track\n# kinds: audio\n# settings: host, key:secret\nappsrc name=track ! fakesink',
  );
  const pipeline = pipelineNamed(loadPipelines(folder), 'one');
  const values = settingsFor(pipeline, { host: '10.0.0.9', key: 'hunter2' });
  expect(values).toEqual({ host: '10.0.0.9', key: 'hunter2' });
  expect(shownSettings(pipeline, values)).toEqual({ host: '10.0.0.9', key: null });
});
