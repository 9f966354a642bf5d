// Runs before the scripts of a conference page. In place of the devices there are a voice of one pitch and a picture of
// one pattern, so that it can be told who is heard and seen in a tile; and small, for a dozen pages on one machine.

/** Of actor `number`, from 1 to 15. */
const pitchOf = (number) => 400 + 120 * number;
/** Syllables, a tenth of a second each, and a breath: as one speaks. */
const SPEECH = [0.4, 0.3, 0.12, 0.3, 0.45, 0.2, 0.1, 0.35, 0.25, 0.4, 0.15, 0.4, 0, 0, 0];
const WIDTH = 160;
const HEIGHT = 120;
/** The picture has four stripes: the bits of the number. */
const BITS = [8, 4, 2, 1];

class Actor {
  #number;
  #context = new AudioContext({ sampleRate: 16_000, latencyHint: 'playback' });
  #volume = this.#context.createGain();
  #speech = null;
  /** Names to numbers, and what was seen in tiles that they should not have shown. */
  #cast = {};
  #wrong = [];

  constructor(number) {
    this.#number = number;
    this.#volume.gain.value = 0;
    navigator.mediaDevices.getUserMedia = async ({ audio }) =>
      new MediaStream([audio ? this.#voice() : this.#picture()]);
  }

  #voice() {
    const tone = new OscillatorNode(this.#context, { frequency: pitchOf(this.#number) });
    const out = this.#context.createMediaStreamDestination();
    tone.connect(this.#volume).connect(out);
    tone.start();
    return out.stream.getAudioTracks()[0];
  }

  #picture() {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const context = canvas.getContext('2d');
    let drawn = 0;
    setInterval(() => {
      BITS.forEach((bit, at) => {
        context.fillStyle = (this.#number & bit) === 0 ? 'black' : 'white';
        context.fillRect((at * WIDTH) / 4, 0, WIDTH / 4, HEIGHT);
      });
      // Something moves, beside where the pattern is read.
      context.fillStyle = 'red';
      context.fillRect((drawn++ * 8) % WIDTH, 0, 8, 8);
    }, 250);
    return canvas.captureStream(4).getVideoTracks()[0];
  }

  speak(on) {
    clearInterval(this.#speech);
    this.#volume.gain.value = 0;
    let at = 0;
    if (on) this.#speech = setInterval(() => (this.#volume.gain.value = SPEECH[at++ % SPEECH.length]), 100);
  }

  /**
   * From now on keeps what a tile shows of somebody else than its name says, in two looks one after the other: the library
   * sees a change of talker within less. @param cast names to numbers
   */
  watch(cast) {
    this.#cast = cast;
    let before = [];
    setInterval(() => {
      // 0 is black: before the first frame.
      const now = this.tiles().filter(
        ({ name, picture }) => picture !== null && picture !== 0 && picture !== cast[name],
      );
      const isSame = ({ name, picture }) => before.some((each) => each.name === name && each.picture === picture);
      this.#wrong.push(...now.filter(isSame).map(({ name, picture }) => ({ name, picture })));
      before = now;
    }, 200);
  }

  get wrong() {
    return this.#wrong;
  }

  /** What each tile says; `picture` is the number of whom it shows, null where it shows none. */
  tiles() {
    return [...document.querySelectorAll('.tile')].map((tile) => ({
      name: tile.querySelector('.name').title.replace(/ \(you\)$/, ''),
      isSpeaking: tile.classList.contains('speaking'),
      isHeard: tile.classList.contains('heard'),
      isSeen: tile.classList.contains('seen'),
      picture: tile.classList.contains('seen') ? numberIn(tile.querySelector('video')) : null,
    }));
  }

  /** The number of the voice that is loudest in the tile of somebody within half a second; null where none is. */
  async heard(name) {
    const tile = [...document.querySelectorAll('.tile')].find((each) => each.querySelector('.name').title === name);
    const [track] = tile?.querySelector('video').srcObject?.getAudioTracks() ?? [];
    if (track === undefined) return null;
    const source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: new MediaStream([track]) });
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    source.connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    source.disconnect();
    const best = levels.indexOf(Math.max(...levels));
    if (levels[best] < -60) return null;
    const pitch = (best * this.#context.sampleRate) / analyser.fftSize;
    return Object.values(this.#cast).find((number) => Math.abs(pitchOf(number) - pitch) < 30) ?? null;
  }
}

const reader = new OffscreenCanvas(WIDTH / 8, HEIGHT / 8).getContext('2d', { willReadFrequently: true });

function numberIn(video) {
  if (video.videoWidth === 0) return null;
  const { width, height } = reader.canvas;
  reader.drawImage(video, 0, 0, width, height);
  const { data } = reader.getImageData(0, Math.floor(height / 2), width, 1);
  // The middle of each stripe, where no edge is.
  return BITS.reduce((number, bit, at) => number + (data[Math.floor(((at + 0.5) * width) / 4) * 4] > 128 ? bit : 0), 0);
}

globalThis.actor = new Actor(globalThis.actorNumber);
