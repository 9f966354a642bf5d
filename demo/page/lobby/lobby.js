// Before the conversation: who one is, where to, with which devices; one sees and hears oneself.
import { $, label } from '../base/dom.js';
import { canChooseSpeaker, fill, open } from './devices.js';
import { showLevel } from './level.js';
import { problemOf } from './problems.js';

/**
 * @typedef {'audio' | 'video'} Kind
 * @typedef {{
 *   name: string, conversation: string, slots: { audio: number, video: number },
 *   audio: MediaStreamTrack | null, video: MediaStreamTrack | null, camera: string, speaker: string
 * }} Choice `camera`, `speaker`: ids of devices, empty where the browser chooses
 */

const LISTS = /** @type {const} */ ({ audio: 'microphone', video: 'camera' });
const NAMES = /** @type {const} */ ({ audio: 'microphone', video: 'camera' });

export class Lobby {
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  #tracks = { audio: null, video: null };
  /** @type {Record<Kind, boolean>} What the user wants, whether or not there is such a device. */
  #wanted = { audio: true, video: localStorage.camera !== 'off' };
  /** What is wrong with the devices, and with the call. */
  #problems = { call: '', audio: '', video: '' };
  #isOpen = false;
  /** What a device was asked for last: an older question whose answer comes late counts no more. */
  #asked = { audio: 0, video: 0 };
  #stopLevel = () => {};
  #join;

  /** @param {(choice: Choice) => Promise<void>} join rejects with an error to show */
  constructor(join) {
    this.#join = join;
    $('name').value = sessionStorage.username ?? '';
    $('conversation').value = new URLSearchParams(location.search).get('conversation') ?? 'lobby';
    $('form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    $('speaker-choice').hidden = !canChooseSpeaker();
    for (const kind of /** @type {const} */ (['audio', 'video'])) {
      $(LISTS[kind]).addEventListener('change', () => this.#reopen(kind));
      $(`try-${NAMES[kind]}`).addEventListener('click', () => this.#toggle(kind));
    }
    navigator.mediaDevices?.addEventListener('devicechange', () => this.#isOpen && this.#list());
  }

  /**
   * Shows it.
   * @param {string} problem what ended the conversation before, if anything did
   */
  async open(problem = '') {
    this.#isOpen = true;
    $('lobby').hidden = false;
    busy(false);
    this.#tell('call', problem);
    say('idle', '');
    await this.#reopen('audio');
    await this.#reopen('video');
  }

  async #submit() {
    const choice = {
      name: $('name').value.trim(),
      conversation: $('conversation').value.trim(),
      slots: { audio: $('voices').valueAsNumber, video: $('pictures').valueAsNumber },
      ...this.#tracks,
      camera: $('camera').value,
      speaker: $('speaker').value,
    };
    sessionStorage.username = choice.name;
    busy(true);
    this.#tell('call', '');
    say('connecting', 'Connecting …');
    try {
      await this.#join(choice);
      this.#leave();
    } catch (error) {
      busy(false);
      this.#tell('call', textOf(error));
      say('failed', '');
    }
  }

  /** The devices go on: they are those of the conversation now. */
  #leave() {
    this.#isOpen = false;
    this.#stopLevel();
    this.#stopLevel = () => {};
    $('preview').srcObject = null;
    this.#tracks = { audio: null, video: null };
    $('lobby').hidden = true;
  }

  /** @param {Kind} kind */
  async #toggle(kind) {
    this.#wanted[kind] = this.#tracks[kind] === null;
    if (kind === 'video') localStorage.camera = this.#wanted.video ? 'on' : 'off';
    await this.#reopen(kind);
  }

  /** @param {Kind} kind */
  async #reopen(kind) {
    const turn = (this.#asked[kind] += 1);
    this.#tracks[kind]?.stop();
    this.#tracks[kind] = null;
    this.#tell(kind, '');
    if (this.#wanted[kind]) {
      const { track, error } = await open(kind, $(LISTS[kind]).value);
      if (turn !== this.#asked[kind] || !this.#isOpen) return track?.stop();
      this.#tracks[kind] = track;
      this.#tell(kind, error === null ? '' : problemOf(kind, error));
    }
    await this.#list();
    this.#show(kind);
  }

  async #list() {
    await fill({ audioinput: $('microphone'), videoinput: $('camera'), audiooutput: $('speaker') });
  }

  /**
   * @param {'call' | Kind} about
   * @param {string} problem empty: there is none
   */
  #tell(about, problem) {
    this.#problems[about] = problem;
    const text = Object.values(this.#problems)
      .filter((each) => each !== '')
      .join(' ');
    if ($('problem').textContent !== text) $('problem').textContent = text;
  }

  /** @param {Kind} kind */
  #show(kind) {
    const track = this.#tracks[kind];
    const button = $(`try-${NAMES[kind]}`);
    label(
      button,
      track === null ? `${NAMES[kind]}-off` : NAMES[kind],
      `Turn the ${NAMES[kind]} ${track === null ? 'on' : 'off'}`,
    );
    button.dataset.on = String(track !== null);
    if (kind === 'audio') {
      this.#stopLevel();
      this.#stopLevel = track === null ? () => {} : showLevel(track, $('level'));
    } else {
      $('preview').hidden = track === null;
      $('preview-text').hidden = track !== null;
      $('preview').srcObject = track === null ? null : new MediaStream([track]);
    }
    $('join').textContent = this.#tracks.audio === null ? 'Join without a microphone' : 'Join';
  }
}

/** While the call is set up, nothing of it may change. */
const busy = (/** @type {boolean} */ on) =>
  ['join', 'try-microphone', 'try-camera', 'microphone', 'camera'].forEach((id) => ($(id).disabled = on));

/**
 * @param {'idle' | 'connecting' | 'failed'} state
 * @param {string} text
 */
function say(state, text) {
  $('status').dataset.state = state;
  $('status').textContent = text;
}

/** @param {unknown} error of the client: it says what is wrong, and what one can do */
function textOf(error) {
  const { message = 'Something went wrong.', remedy = '' } = /** @type {any} */ (error);
  return remedy === '' ? message : `${message} ${remedy}`;
}
