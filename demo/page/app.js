// What is seen of the demo: the form, the state, one tile per slot. Everything about the service is in connection.js.
import { connect, join } from './connection.js';

const $ = (id) => document.getElementById(id);

// Tells the tabs of one user apart: each is a device. A reload keeps it, so that it replaces its old connection.
const device = (sessionStorage.device ??= crypto.randomUUID());
$('name').value = sessionStorage.username ?? '';

/** The session that is on, if any. */
let session = null;

$('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  await (session === null ? start() : switchConversation());
});
$('leave').addEventListener('click', () => stop());
$('mute').addEventListener('click', () => {
  const muted = $('mute').getAttribute('aria-pressed') !== 'true';
  $('mute').setAttribute('aria-pressed', String(muted));
  $('mute').textContent = muted ? 'Unmute' : 'Mute';
  for (const track of session.stream.getAudioTracks()) track.enabled = !muted;
});

async function start() {
  const token = $('name').value.trim();
  const conversation = $('conversation').value;
  sessionStorage.username = token;
  controls({ busy: true });
  let stream;
  try {
    show('connecting', 'Waiting for the microphone …');
    stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: $('camera').checked });
    show('connecting', 'Connecting …');
    const slots = new Map();
    const connection = await connect({
      token,
      device,
      stream,
      audioSlots: Number($('audio-slots').value),
      videoSlots: Number($('video-slots').value),
      onSlot: (slot) => addToTile(slots, slot),
      onState: (state) => lostOn(state),
    });
    await join(conversation, { token, device });
    session = { token, conversation, stream, slots, connection, timer: setInterval(measure, 250), before: new Map() };
    if (stream.getVideoTracks().length > 0) ownTile(stream);
    controls({ on: true });
    show('connected', `${token} is in “${conversation}”.`);
  } catch (error) {
    stream?.getTracks().forEach((track) => track.stop());
    $('tiles').replaceChildren();
    controls({});
    show('failed', error.message);
  }
}

async function switchConversation() {
  const conversation = $('conversation').value;
  try {
    await join(conversation, { token: session.token, device });
    session.conversation = conversation;
    show('connected', `${session.token} is in “${conversation}”.`);
  } catch (error) {
    show('failed', error.message);
  }
}

async function stop(message = 'Not connected.', state = 'idle') {
  const { connection, stream, timer, conversation, token } = session;
  session = null;
  clearInterval(timer);
  stream.getTracks().forEach((track) => track.stop());
  $('tiles').replaceChildren();
  controls({});
  show(state, message);
  // Joined is the user, not the tab: he leaves when he says so, and another tab of his leaves with him.
  if (state === 'idle') await join(conversation, { token, device, method: 'DELETE' }).catch(() => undefined);
  connection.close();
}

/** @param {RTCPeerConnectionState} state */
function lostOn(state) {
  if (session === null) return;
  if (state === 'failed') void stop('The connection was lost. Join again.', 'failed');
  else if (state === 'disconnected') show('connecting', 'The connection is interrupted …');
  else if (state === 'connected') show('connected', `${session.token} is in “${session.conversation}”.`);
}

/** Audio and video slots of one index share a stream: one tile for both. */
function addToTile(slots, { kind, stream, receiver }) {
  let tile = slots.get(stream.id);
  if (tile === undefined) {
    const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true });
    const { element, meter } = tileOf(video, `Slot ${slots.size + 1}`);
    video.srcObject = stream;
    tile = { element, meter, video, receivers: {} };
    slots.set(stream.id, tile);
  }
  tile.receivers[kind] = receiver;
}

function ownTile(stream) {
  const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true, muted: true });
  video.className = 'own';
  video.srcObject = new MediaStream(stream.getVideoTracks());
  const { element, meter } = tileOf(video, 'You');
  meter.remove();
  element.className = 'tile own-tile';
}

function tileOf(video, name) {
  const element = document.createElement('section');
  element.className = 'tile quiet';
  const caption = Object.assign(document.createElement('div'), { className: 'caption' });
  const meter = Object.assign(document.createElement('meter'), { min: 0, max: 1, value: 0 });
  meter.setAttribute('aria-label', `${name}: level`);
  caption.append(name, meter);
  element.append(video, caption);
  $('tiles').append(element);
  return { element, meter };
}

/** Four times a second: the level of each slot, and whether anything arrives in it at all. */
async function measure() {
  const { slots, before } = session;
  for (const { element, meter, receivers } of slots.values()) {
    const audio = await inbound(receivers.audio);
    const video = await inbound(receivers.video);
    if (session === null) return;
    meter.value = Math.sqrt(audio?.audioLevel ?? 0);
    element.classList.toggle('active', grows(before, audio));
    element.classList.toggle('quiet', !grows(before, video));
  }
}

async function inbound(receiver) {
  if (receiver === undefined) return undefined;
  const stats = await receiver.getStats();
  return [...stats.values()].find(({ type }) => type === 'inbound-rtp');
}

/** Whether packets arrived in the last second. */
function grows(before, report) {
  if (report === undefined) return false;
  const last = before.get(report.id);
  if (last === undefined || report.packetsReceived > last.packets) {
    before.set(report.id, { packets: report.packetsReceived, at: report.timestamp });
    return report.packetsReceived > 0;
  }
  return report.timestamp - last.at < 1000;
}

function controls({ busy = false, on = false }) {
  $('join').disabled = busy;
  $('join').textContent = on ? 'Switch' : 'Join';
  $('leave').disabled = !on;
  $('mute').disabled = !on;
  for (const id of ['name', 'audio-slots', 'video-slots', 'camera']) $(id).disabled = busy || on;
  if (!on) {
    $('mute').setAttribute('aria-pressed', 'false');
    $('mute').textContent = 'Mute';
  }
}

function show(state, text) {
  $('status').dataset.state = state;
  $('status').textContent = text;
}
