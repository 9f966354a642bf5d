// The conversation as one sees it: what the call tells goes to the tiles, the list and the figures; what is pressed goes to
// the call.
import { $, label } from '../base/dom.js';
import { canShareScreen } from '../lobby/devices.js';
import { Nerds } from '../nerds/nerds.js';
import { Notice } from './notice.js';
import { Panels } from './panels.js';
import { showPeople } from './people.js';
import { keyOf } from './shortcuts.js';
import { Sources } from './sources.js';
import { nameOf } from './tile.js';
import { Tiles } from './tiles.js';

/**
 * @typedef {import('backend-webrtc-client').Call} Call
 * @typedef {import('backend-webrtc-client').CallState} CallState
 * @typedef {import('backend-webrtc-client').ParticipantsChange} Change
 */

export class Room {
  #call;
  #ended;
  #name;
  #sources;
  #tiles;
  #panels;
  #nerds = new Nerds({ plots: $('plots'), slots: $('slots') });
  #notice = new Notice($('notice'));
  /** Takes every listener away at once. */
  #open = new AbortController();
  /** @type {(() => void)[]} */
  #deaf;

  /**
   * @param {Call} call that has joined
   * @param {import('../lobby/lobby.js').Choice} choice
   * @param {(problem: string) => void} ended called once, when the conversation is over
   */
  constructor(call, choice, ended) {
    this.#call = call;
    this.#ended = ended;
    this.#name = choice.name;
    $('call').hidden = false;
    $('title').textContent = choice.conversation;
    document.title = `${choice.conversation} – backend-webrtc demo`;
    this.#tiles = new Tiles({ stage: $('stage'), list: $('tiles') }, call, choice.speaker);
    this.#panels = new Panels(['people', 'stats', 'help'], this.#open.signal);
    this.#sources = new Sources(call, choice, {
      changed: (published) => this.#showSources(published),
      say: (text) => this.#notice.say(text),
    });
    this.#deaf = [
      call.on('participants', (change) => this.#showParticipants(change)),
      call.on('recording', (on) => ($('recording').hidden = !on)),
      call.on('state', (state) => this.#showState(state)),
      call.on('stats', (stats) => this.#nerds.push(stats, (id) => this.#nameOf(id))),
      call.on('playback', ({ blocked }) => ($('sound').hidden = !blocked)),
      call.on('error', ({ message, remedy }) => this.#notice.say(`${message} ${remedy}`)),
    ];
    this.#bind();
    $('recording').hidden = !call.recording;
    this.#showParticipants({ all: call.participants, joined: [], left: [], changed: [] });
    this.#showState(call.state);
    $('title').focus();
  }

  #bind() {
    const options = { signal: this.#open.signal };
    /** @type {Record<string, () => void>} */
    const actions = {
      mute: this.#sources.toggleMicrophone,
      video: this.#sources.toggleCamera,
      share: this.#sources.toggleScreen,
      copy: () => void this.#copyLink(),
      leave: () => void this.#leave(),
      play: () => void this.#call.resume(),
    };
    for (const [id, action] of Object.entries(actions)) $(id).addEventListener('click', action, options);
    $('share').hidden = !canShareScreen();
    document.addEventListener('keydown', (event) => this.#press(event), options);
    addEventListener('pagehide', () => this.#call.close(), options);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const key = keyOf(event, document.activeElement?.tagName ?? '');
    const id = { m: 'mute', v: 'video', s: 'share', p: 'show-people', n: 'show-stats', '?': 'show-help' }[key ?? ''];
    if (id === undefined || !$('single-keys').checked) return;
    event.preventDefault();
    if (!$(id).hidden) $(id).click();
  }

  /** @param {Change} change */
  #showParticipants({ all: told, joined, left }) {
    // One's own name is known before the service says it.
    const all = told.map((each) => (each.self ? { ...each, userid: each.userid ?? this.#name } : each));
    this.#tiles.show(all);
    showPeople($('members'), all);
    $('people-count').textContent = String(all.length);
    const others = (/** @type {Change['all']} */ list) => list.filter(({ self }) => !self).map(nameOf);
    this.#notice.tell('joined', others(joined));
    this.#notice.tell('left', others(left));
  }

  /** @param {import('./sources.js').Published} published */
  #showSources({ microphone, camera, screen }) {
    label($('mute'), microphone ? 'microphone' : 'microphone-off', microphone ? 'Mute' : 'Unmute');
    label($('video'), camera ? 'camera' : 'camera-off', camera ? 'Stop camera' : 'Camera');
    label($('share'), 'screen', screen ? 'Stop sharing' : 'Share');
    $('mute').dataset.on = String(microphone);
    $('video').dataset.on = String(camera);
    $('share').dataset.active = String(screen);
    this.#tiles.share(screen);
  }

  /** @param {CallState} state */
  #showState(state) {
    switch (state.state) {
      case 'connected':
        return this.#notice.hold('');
      case 'reconnecting':
        return this.#notice.hold('The connection is interrupted. Connecting again …');
      case 'closed':
        return this.#close(state.error === null ? '' : `${state.error.message} ${state.error.remedy}`);
    }
  }

  /** @param {string} id */
  #nameOf(id) {
    const participant = this.#call.participants.find((each) => each.id === id);
    return participant === undefined ? '–' : nameOf(participant);
  }

  async #copyLink() {
    const link = new URL('/', location.href);
    link.searchParams.set('conversation', $('title').textContent);
    try {
      await navigator.clipboard.writeText(link.href);
      this.#notice.say('The link is copied.');
    } catch {
      // Not allowed, or not there: it can be copied by hand.
      this.#notice.say(link.href);
    }
  }

  /** Joined is the user, not the tab: he leaves when he says so, and another tab of his leaves with him. */
  async #leave() {
    await this.#call.leave().catch(() => undefined);
    this.#call.close();
    this.#close('');
  }

  /** @param {string} problem */
  #close(problem) {
    if (this.#open.signal.aborted) return;
    this.#open.abort();
    for (const stop of this.#deaf) stop();
    this.#panels.closeAll();
    this.#tiles.close();
    this.#sources.close();
    this.#notice.close();
    $('call').hidden = true;
    document.title = 'backend-webrtc demo';
    this.#ended(problem);
  }
}
