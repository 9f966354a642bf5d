import gst from 'node-gst';
import { probe } from './probe.ts';

/**
 * Looks into one media file: `node dist/recording/child/probe-main.js <decode|cut> <file>`. One line of JSON, a `Probe`;
 * status 1 and the reason on standard error where it is no media file. A process of its own, since demuxers and decoders
 * may crash over what is damaged.
 */
const [, , how = '', path = ''] = process.argv;
gst.init();
// Callbacks of GStreamer do not keep a process alive.
const alive = setInterval(() => undefined, 60_000);
try {
  console.log(JSON.stringify(await probe(path, { decode: how === 'decode' })));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
clearInterval(alive);
