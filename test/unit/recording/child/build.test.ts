// What a program passes on as a setting may come from anywhere: it is a value, and never a part of a pipeline.
import gst from 'node-gst';
import { build } from '../../../../src/recording/child/build.ts';
import { checkPipelineFile } from '../../../../src/recording/child/check.ts';
import { parsePipelineFile } from '../../../../src/recording/pipeline-file/pipeline-file.ts';
import { checkedSettings } from '../../../../src/recording/pipeline-file/values.ts';
import { context, HOSTILE_IDS } from '../support.ts';

beforeAll(() => void gst.init());

/** A text that nobody looks up: a host would be asked of the DNS. */
const FILE = parsePipelineFile(
  'mine',
  '# name: mine\n# scope: track\n# kinds: audio\n# settings: host\n' +
    'appsrc name=track ! udpsink name=out multicast-iface={host}',
);
const HOSTILE = [
  ...HOSTILE_IDS,
  '127.0.0.1 ! filesink location=/x',
  '127.0.0.1 sync=false',
  '127.0.0.1" sync=false "',
  '127.0.0.1\nsync=false',
  '( fakesink )',
  '{host}',
];

it.each(HOSTILE.map((value) => [JSON.stringify(value).slice(0, 40), value]))(
  '%s is text, and nothing else',
  (_, value) => {
    const settings = checkedSettings(FILE.settings, { host: value });
    checkPipelineFile(FILE, settings);
    const { pipeline, sources, files } = build(FILE, context({ settings }), (name) => name);
    const out = pipeline.byName('out')!;
    const text = Buffer.from(value, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');
    expect([out.get('multicast-iface'), out.get('sync'), files]).toEqual([text, true, []]);
    for (const object of [...sources, out, pipeline]) object.dispose();
  },
);
