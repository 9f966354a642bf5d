import { readFileSync } from 'node:fs';
import gst, { type GstObject } from 'node-gst';
import { freeOnThrow } from './free-on-throw.ts';

/** A peer's pipeline as `pipelines/peer.gst` describes it. */
export class PeerPipeline {
  readonly #description: string;

  private constructor(description: string) {
    this.#description = description;
  }

  /** Reads and tries the file once, so that a mistake in it ends the start and not a call. */
  static load(path: string): PeerPipeline {
    const loaded = new PeerPipeline(stripComments(readFileSync(path, 'utf8')));
    const { pipeline, webrtcbin } = loaded.create();
    webrtcbin.dispose();
    pipeline.dispose();
    return loaded;
  }

  /** Both are the caller's to dispose of. */
  create(): { pipeline: GstObject; webrtcbin: GstObject } {
    return freeOnThrow((own) => {
      const pipeline = own(gst.parseLaunch(this.#description));
      const webrtcbin = pipeline.byName('peer');
      if (webrtcbin !== null) own(webrtcbin);
      if (webrtcbin?.type !== 'GstWebRTCBin') throw new Error('pipelines/peer.gst: no webrtcbin is named peer');
      return { pipeline, webrtcbin };
    });
  }
}

/** Lines that begin with `#` are for people; gst-launch knows no comments. */
export const stripComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .trim();
