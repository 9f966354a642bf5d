// A client for checks, on a webrtcbin of its own: offers one audio section, both ways, and is content when ICE and DTLS
// are up and the server has closed the socket.
//
//   node scripts/call.mjs <ws URL> [--address <local address>] [--turn turn://user:password@host:port] [--header "Name: value"]...
//
// Prints the answer, and ends with status 0 when it is connected within 15 s.
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import gst from 'node-gst';
import WebSocket from 'ws';

const DEADLINE_MS = 15_000;
const CAPS = 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    address: { type: 'string' },
    turn: { type: 'string' },
    header: { type: 'string', multiple: true, default: [] },
  },
});

gst.init();
const pipeline = gst.pipeline('call');
const webrtcbin = gst.make('webrtcbin');
pipeline.add(webrtcbin.set('bundle-policy', 'max-bundle'));
gatherOn(values.address);
if (values.turn !== undefined) webrtcbin.set('turn-server', values.turn);
const deadline = setTimeout(() => fail(`not connected within ${DEADLINE_MS / 1000} s`), DEADLINE_MS);
try {
  await call(positionals[0] ?? '');
  console.log('connected');
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
clearTimeout(deadline);
await pipeline.setState('NULL');
process.exit();

/** @param {string} url */
async function call(url) {
  webrtcbin.emit('add-transceiver', 'sendrecv', CAPS);
  await pipeline.setState('PLAYING');
  const offer = await webrtcbin.emitPromise('create-offer', null);
  await webrtcbin.emitPromise('set-local-description', offer?.['offer'] ?? null);
  while (webrtcbin.get('ice-gathering-state') !== 'complete') await delay(10);
  const answer = await exchange(url, /** @type {import('node-gst').Sdp} */ (webrtcbin.get('local-description')).sdp);
  console.log(answer.text);
  await webrtcbin.emitPromise('set-remote-description', { type: 'answer', sdp: answer.text });
  while (webrtcbin.get('connection-state') !== 'connected') await delay(10);
  const code = await answer.closed;
  if (code !== 1000) throw new Error(`the server closed with ${code}`);
}

/**
 * @param {string} url
 * @param {string} offer
 * @returns {Promise<{ text: string, closed: Promise<number> }>}
 */
function exchange(url, offer) {
  const headers = Object.fromEntries(values.header.map((line) => line.split(/: (.*)/s)));
  const socket = new WebSocket(url, { headers });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  return new Promise((resolve, reject) => {
    socket.once('open', () => socket.send(offer));
    socket.once('message', (data) => resolve({ text: String(data), closed }));
    socket.once('close', (code, reason) => reject(new Error(`closed with ${code} ${String(reason)}`)));
    socket.once('unexpected-response', (_request, response) => reject(new Error(`HTTP ${response.statusCode}`)));
    socket.once('error', reject);
  });
}

/** @param {string | undefined} address */
function gatherOn(address) {
  const ice = /** @type {import('node-gst').GstObject} */ (webrtcbin.get('ice-agent'));
  const agent = /** @type {import('node-gst').GstObject} */ (ice.get('agent'));
  agent.set('upnp', false).set('ice-tcp', false);
  if (address !== undefined) ice.emit('add-local-ip-address', address);
}

/** @param {string} why */
function fail(why) {
  console.error(why);
  process.exit(1);
}
