// What both media examples share: one webrtcbin, one offer, one answer, and the join.
import { once } from 'node:events';
import { argv, env } from 'node:process';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';

const COMMON = {
  service: { type: 'string', default: 'http://127.0.0.1:8000' },
  user: { type: 'string' },
  device: { type: 'string', default: '' },
  token: { type: 'string' },
  conversation: { type: 'string', default: 'lobby' },
};

// What GStreamer has still to tell keeps no process alive; both examples end by themselves.
setInterval(() => undefined, 60_000);

/** The options of the command line, with those of `more`; each may be given as `--name value`. */
export function options(more) {
  return parseArgs({ args: argv.slice(2), options: { ...COMMON, ...more }, allowPositionals: true });
}

/**
 * How to address the service. With a token: through the proxy, which knows whose it is. Without: beside the proxy, as a
 * program that the operator trusts, which brings its own claim.
 */
function addressed(path, { service, user, device, token }) {
  const url = new URL(path, service);
  if (token !== undefined) url.search = new URLSearchParams({ token, device });
  const claim = { 'X-User-Claim': Buffer.from(JSON.stringify({ userid: user, clientid: device })).toString('latin1') };
  const proof = env.PROXY_SECRET ? { 'X-Proxy-Secret': env.PROXY_SECRET } : {};
  return { url, headers: token === undefined ? { ...claim, ...proof } : {} };
}

/** Resolves when ICE and DTLS are up; rejects with what the service said where they are not. */
export async function connect(rtc, who) {
  const offer = await offerOf(rtc);
  const { url, headers } = addressed('/connect', who);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, { headers });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  socket.send(offer);
  const answer = await Promise.race([once(socket, 'message'), closed.then(() => null)]);
  if (answer !== null) await rtc.emitPromise('set-remote-description', { type: 'answer', sdp: String(answer[0]) });
  const [code, reason] = await closed;
  if (code !== 1000) throw new Error(`not connected: ${code} ${reason}`);
}

/** All candidates are in it: nothing is sent behind it. */
async function offerOf(rtc) {
  const gathered = new Promise((resolve) => {
    rtc.on('notify::ice-gathering-state', (state) => state === 'complete' && resolve());
  });
  const { offer } = await rtc.emitPromise('create-offer', null);
  await rtc.emitPromise('set-local-description', offer);
  await gathered;
  return rtc.get('local-description').sdp;
}

/** The join is the user's; it may come before the connection, so that not a word is missed. */
export const join = (who) => ask('POST', who, 200);

/** Others see at once that the user is gone; that his program has ended would be noticed after PEER_TIMEOUT. */
export const leave = (who) => ask('DELETE', who, 204);

async function ask(method, { conversation, ...who }, expected) {
  const { url, headers } = addressed(`/join/${encodeURIComponent(conversation)}`, who);
  const { status } = await fetch(url, { method, headers });
  if (status !== expected) throw new Error(`${method} ${url.pathname}: ${status}`);
}

/** Puts a branch, in gst-launch syntax, behind a blocked pad of `from`. */
export function branch(gst, pipeline, from, pad, description) {
  const bin = gst.parseBin(description);
  pipeline.add(bin);
  bin.syncStateWithParent();
  from.linkPads(pad.name, bin, 'sink');
  return bin;
}
