// What is seen of the demo: the form, the state, who is here. Everything about the service is in connection.js and
// events.js, the tiles are in tiles.js.
import { connect, join } from './connection.js';
import { apply, isSame, NOTHING } from './events.js';
import { addOwnTile, Tiles } from './tiles.js';

const $ = (id) => document.getElementById(id);

// Tells the tabs of one user apart: each is a device. A reload keeps it, so that it replaces its old connection.
const device = (sessionStorage.device ??= crypto.randomUUID());
$('name').value = sessionStorage.username ?? '';

/** The session that is on, if any. */
let session = null;

/** A service that lives says something each second. */
const DEAD_AFTER_MS = 5000;

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
  let stream, connection;
  try {
    show('connecting', 'Waiting for the microphone …');
    stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: $('camera').checked });
    show('connecting', 'Connecting …');
    const live = { view: NOTHING, heardAt: performance.now() };
    const tiles = new Tiles((mid, device) => {
      connection.say({ type: 'select', mid, userid: device?.userid ?? null, clientid: device?.clientid });
    });
    connection = await connect({
      token,
      device,
      stream,
      audioSlots: Number($('audio-slots').value),
      videoSlots: Number($('video-slots').value),
      onSlot: (slot) => tiles.add(slot),
      onState: (state) => lostOn(state),
      onMessage: (message) => told(live, tiles, message),
    });
    await join(conversation, { token, device });
    const timer = setInterval(() => watch(live, tiles), 250);
    session = { token, conversation, stream, connection, timer };
    if (stream.getVideoTracks().length > 0) addOwnTile(stream);
    controls({ on: true });
    show('connected', `${token} is in “${conversation}”.`);
  } catch (error) {
    connection?.close();
    stream?.getTracks().forEach((track) => track.stop());
    $('tiles').replaceChildren();
    $('members').replaceChildren();
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
  $('members').replaceChildren();
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

/** A message of the events channel. */
function told(live, tiles, message) {
  live.heardAt = performance.now();
  live.view = apply(live.view, message);
  tiles.show(live.view);
  showMembers(live.view);
  if (message.type === 'bye' && session !== null) void stop(BYE[message.reason] ?? 'The connection ended.', 'failed');
}

const BYE = {
  replaced: 'This device is connected in another place.',
  removed: 'You were removed.',
  shutdown: 'The server goes away. Join again in a moment.',
};

/** Four times a second: what arrives, and whether anything is heard of the service at all. */
function watch(live, tiles) {
  // Before the first message there may be no channel: then nothing is known of the service, and nobody is missed.
  const isDead = live.view.me !== null && performance.now() - live.heardAt > DEAD_AFTER_MS;
  if (isDead) void stop('The server does not answer. Join again.', 'failed');
  else void tiles.measure();
}

function showMembers({ me, members, speakers }) {
  const items = members.map((member) => {
    const item = document.createElement('li');
    item.textContent = isSame(member, me) ? `${member.userid} (you)` : member.userid;
    item.classList.toggle(
      'speaking',
      speakers.some((each) => isSame(each, member)),
    );
    return item;
  });
  $('members').replaceChildren(...items);
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
