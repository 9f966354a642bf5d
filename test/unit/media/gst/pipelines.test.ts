import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import gst from 'node-gst';
import { PeerPipeline, stripComments } from '../../../../src/media/gst/pipelines.ts';
import { eventually } from '../../../support/eventually.ts';

describe('stripComments', () => {
  it('takes out the lines that begin with #, and nothing behind an element', () => {
    expect(stripComments('# a drawing\n  # indented\nfakesrc name=a#b\n! fakesink\n')).toBe(
      'fakesrc name=a#b\n! fakesink',
    );
  });
});

describe('PeerPipeline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipelines-'));
  const file = join(folder, 'peer.gst');
  const load = (text: string): PeerPipeline => {
    writeFileSync(file, text);
    return PeerPipeline.load(file);
  };
  beforeAll(() => {
    gst.init();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes a pipeline of its own each time', () => {
    const description = load('# one\nwebrtcbin name=peer bundle-policy=max-bundle');
    const [a, b] = [description.create(), description.create()];
    expect(a.webrtcbin.get('bundle-policy')).toBe('max-bundle');
    expect(a.pipeline.id).not.toBe(b.pipeline.id);
    for (const { pipeline, webrtcbin } of [a, b]) {
      webrtcbin.dispose();
      pipeline.dispose();
    }
  });

  it.each([
    ['fakesrc name=peer', 'no webrtcbin is named peer'],
    ['webrtcbin', 'no webrtcbin is named peer'],
    ['webrtcbin name=peer nonsense=1', 'nonsense'],
    ['nosuchelement name=peer', 'nosuchelement'],
  ])('refuses %p when it is loaded, and keeps nothing of it', async (text, message) => {
    const before = gst.counters();
    expect(() => load(text)).toThrow(message);
    const isFreed = (): true | null => {
      const { objects, pipelines } = gst.counters();
      return objects <= before.objects && pipelines <= before.pipelines ? true : null;
    };
    await eventually('everything is freed', isFreed, 4);
  });
});
