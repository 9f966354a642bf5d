// What one publishes, and how it changes: the microphone off and on, the camera, a screen in its place.
import { open, openScreen } from '../lobby/devices.js';
import { problemOf } from '../lobby/problems.js';

/**
 * @typedef {import('backend-webrtc-client').Call} Call
 * @typedef {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null, camera: string }} Choice
 * @typedef {{ microphone: boolean, camera: boolean, screen: boolean }} Published
 */

export class Sources {
  #call;
  #audio;
  #camera;
  #cameraId;
  /** @type {MediaStreamTrack | null} */
  #screen = null;
  /** Changes follow each other: the next begins when the last is through. */
  #last = Promise.resolve();
  #isClosed = false;
  #changed;
  #say;

  /**
   * @param {Call} call
   * @param {Choice} choice the tracks are its own from now on
   * @param {{ changed: (published: Published) => void, say: (text: string) => void }} listener `say`: what went wrong
   */
  constructor(call, { audio, video, camera }, { changed, say }) {
    this.#call = call;
    this.#audio = audio;
    this.#camera = video;
    this.#cameraId = camera;
    this.#changed = changed;
    this.#say = say;
    this.#tell();
  }

  toggleMicrophone = () => this.#then(() => this.#toggleMicrophone());
  toggleCamera = () => this.#then(() => this.#toggleCamera());
  toggleScreen = () => this.#then(() => (this.#screen === null ? this.#share() : this.#unshare()));

  close() {
    this.#isClosed = true;
    for (const track of [this.#audio, this.#camera, this.#screen]) track?.stop();
  }

  async #toggleMicrophone() {
    if (this.#audio !== null) return this.#call.mute(!this.#call.muted);
    this.#audio = await this.#open('audio', '');
    if (this.#audio !== null) await this.#call.replaceTrack('audio', this.#audio);
  }

  async #toggleCamera() {
    const old = this.#camera;
    this.#camera = old === null ? await this.#open('video', this.#cameraId) : null;
    // While the screen is shared the camera waits for its end.
    if (this.#camera !== old && this.#screen === null) await this.#call.replaceTrack('video', this.#camera);
    old?.stop();
  }

  async #share() {
    const screen = await openScreen();
    if (screen === null) return;
    if (this.#isClosed) return screen.stop();
    // The browser has a button of its own to end it.
    screen.addEventListener('ended', () => this.#screen === screen && this.#then(() => this.#unshare()));
    this.#screen = screen;
    await this.#call.replaceTrack('video', screen);
  }

  async #unshare() {
    this.#screen?.stop();
    this.#screen = null;
    await this.#call.replaceTrack('video', this.#camera);
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {string} deviceId
   */
  async #open(kind, deviceId) {
    const { track, error } = await open(kind, deviceId);
    if (error !== null) this.#say(problemOf(kind, error));
    if (!this.#isClosed) return track;
    track?.stop();
    return null;
  }

  /** @param {() => Promise<void> | void} change */
  #then(change) {
    this.#last = this.#last.then(async () => {
      if (this.#isClosed) return;
      try {
        await change();
      } catch (error) {
        this.#say(error instanceof Error ? error.message : 'That did not work.');
      }
      this.#tell();
    });
    return this.#last;
  }

  #tell() {
    if (this.#isClosed) return;
    const microphone = this.#audio !== null && !this.#call.muted;
    this.#changed({ microphone, camera: this.#camera !== null, screen: this.#screen !== null });
  }
}
