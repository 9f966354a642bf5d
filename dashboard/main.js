// The page of the admin listener: asks every two seconds while somebody looks, and shows what it hears. It changes nothing.
import { drops, figures } from './figures.js';
import { routesText, rows } from './members.js';
import { parse } from './metrics.js';
import {
  byId,
  closePipeline,
  openPipeline,
  showConversation,
  showConversations,
  showFigures,
  showPicture,
} from './view.js';

const INTERVAL_MS = 2_000;
const TIMEOUT_MS = 5_000;
/** A picture of a pipeline takes longer. */
const PICTURE_TIMEOUT_MS = 30_000;
/** Streams are asked how they fare once in ten seconds. */
const LONG_MS = 15_000;

class TokenWanted extends Error {}

/** @type {string | null} kept nowhere else: it is gone with the page */
let token = null;
let isPaused = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let isAsking = false;
/** @type {string | null} */
let selected = null;
/** @type {import('./metrics.js').Sample[]} oldest first */
let samples = [];
/** @type {import('./members.js').Look | null} */
let look = null;
/** What the picture shows that is there. */
let drawn = '';

/**
 * @param {string} path
 * @param {number} [timeout]
 */
async function ask(path, timeout = TIMEOUT_MS) {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(path, { headers, cache: 'no-store', signal: AbortSignal.timeout(timeout) });
  if (response.status === 401) throw new TokenWanted();
  return response;
}

/** @param {string} path */
async function askOk(path) {
  const response = await ask(path);
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}

/** One look at everything. The next follows some time after this one has ended, however long it took. */
async function poll() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  try {
    await showAll();
    say('up', `as of ${new Date().toLocaleTimeString()}`);
  } catch (error) {
    if (error instanceof TokenWanted) return wantToken();
    say('down', 'no answer');
  } finally {
    isAsking = false;
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (!isPaused && !document.hidden && byId('login').hidden) timer = setTimeout(() => void poll(), INTERVAL_MS);
}

async function showAll() {
  const sample = parse(await (await askOk('metrics')).text(), performance.now() / 1000);
  const before = samples.at(-1) ?? null;
  const longAgo = samples[0] ?? null;
  samples = [...samples.filter(({ at }) => (sample.at - at) * 1000 < LONG_MS), sample];
  const { conversations } = await (await askOk('conversations')).json();
  const ids = conversations.map(({ id }) => id);
  if (selected === null || !ids.includes(selected)) selected = ids[0] ?? null;
  byId('page').hidden = false;
  showFigures(byId('figures'), figures(before, longAgo, sample));
  const dropped = drops(before, sample);
  showFigures(byId('drops'), dropped);
  byId('no-drops').hidden = dropped.length > 0;
  showConversations(conversations, selected, select);
  await showSelected();
}

async function showSelected() {
  const asked = selected;
  if (asked === null) return showConversation(null, [], openPipelineOf);
  const path = `conversations/${encodeURIComponent(asked)}`;
  const response = await ask(path);
  // It has ended in the meantime.
  const conversation = response.ok ? await response.json() : null;
  if (asked !== selected) return;
  const now = conversation === null ? null : { at: performance.now() / 1000, conversation };
  const isSame = look?.conversation.id === asked;
  showConversation(conversation, now === null ? [] : rows(isSame ? look : null, now), openPipelineOf);
  look = now;
  if (conversation !== null) await drawRoutes(conversation, path);
}

/**
 * @param {import('./members.js').Conversation} conversation
 * @param {string} path
 */
async function drawRoutes(conversation, path) {
  const routes = routesText(conversation);
  if (routes === drawn) return;
  const response = await ask(`${path}/graph.svg`);
  if (!response.ok || conversation.id !== selected) return;
  showPicture('picture', await response.blob(), `who is forwarded to whom in ${conversation.id}`);
  drawn = routes;
}

/** @param {string} id */
function select(id) {
  selected = id;
  void poll();
}

/** @param {import('./members.js').Row} row */
async function openPipelineOf({ peer, name }) {
  openPipeline(name, 'drawing…');
  try {
    const response = await ask(`peers/${encodeURIComponent(peer)}/graph.svg`, PICTURE_TIMEOUT_MS);
    if (!response.ok) return openPipeline(name, response.status === 503 ? 'busy; try again' : 'it has ended');
    showPicture('pipeline-picture', await response.blob(), `the pipeline of ${name}`);
    openPipeline(name, '');
  } catch {
    openPipeline(name, 'no answer');
  }
}

/**
 * @param {'asking' | 'up' | 'down' | 'paused' | 'locked'} state
 * @param {string} text
 */
function say(state, text) {
  const line = byId('state');
  line.dataset['state'] = state;
  line.textContent = text;
}

function wantToken() {
  byId('refused').textContent = token === null ? '' : 'That is not the token.';
  token = null;
  byId('login').hidden = false;
  byId('page').hidden = true;
  say('locked', 'the token is wanted');
  byId('token').focus();
}

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (byId('token'));
  token = input.value;
  input.value = '';
  byId('login').hidden = true;
  void poll();
});

byId('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  byId('pause').setAttribute('aria-pressed', String(isPaused));
  if (isPaused) {
    clearTimeout(timer);
    say('paused', 'paused');
  } else void poll();
});

// What nobody looks at is not asked for.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else if (!isPaused && byId('login').hidden) void poll();
});

byId('pipeline').addEventListener('close', closePipeline);

void poll();
