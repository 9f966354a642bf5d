// Runs before the scripts of a conference page. In place of the devices there are a voice of one pitch and a picture of
// one pattern, so that it can be told who is heard and seen in a tile; and small, for a dozen pages on one machine.

/** How often it is looked what the tiles show, and how many looks are a second. */
const LOOK_MS = 200;
const LOOKS = 5;
/** Of actor `number`, from 1 to 15. */
const pitchOf = (number) => 400 + 120 * number;
/** Syllables, a tenth of a second each, and a breath: as one speaks. */
const SPEECH = [0.4, 0.3, 0.12, 0.3, 0.45, 0.2, 0.1, 0.35, 0.25, 0.4, 0.15, 0.4, 0, 0, 0];
const WIDTH = 160;
const HEIGHT = 120;
/** The picture has four stripes, the bits of the number, over four that are their opposites: else it is not clear. */
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
      for (const [row, number] of [this.#number, ~this.#number].entries()) {
        BITS.forEach((bit, at) => {
          context.fillStyle = (number & bit) === 0 ? 'black' : 'white';
          context.fillRect((at * WIDTH) / 4, (row * HEIGHT) / 2, WIDTH / 4, HEIGHT / 2);
        });
      }
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
   * From now on keeps what a tile shows of somebody else than its name says: two pictures that came under that name, or one
   * that stands for a second. A browser that is busy shows the last of whoever was there before a little longer.
   * @param cast names to numbers
   */
  watch(cast) {
    this.#cast = cast;
    let standing = new Map();
    setInterval(() => {
      const before = standing;
      standing = new Map();
      for (const tile of document.querySelectorAll('.tile.seen')) {
        const [name, video] = [nameOn(tile), tile.querySelector('video')];
        const picture = numberIn(video);
        if (picture === null || picture === cast[name]) continue;
        const frames = video.getVideoPlaybackQuality().totalVideoFrames;
        const was = before.get(name);
        const is = was?.picture === picture ? { ...was, looks: was.looks + 1 } : { picture, looks: 1, first: frames };
        standing.set(name, is);
        if (is.looks > LOOKS || frames - is.first >= 2) this.#wrong.push({ name, picture, ...is, frames });
      }
    }, LOOK_MS);
  }

  get wrong() {
    return this.#wrong;
  }

  /** What each tile says; `picture` is the number of whom it shows, null where it shows none. */
  tiles() {
    return [...document.querySelectorAll('.tile')].map((tile) => ({
      name: nameOn(tile),
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

const nameOn = (tile) => tile.querySelector('.name').title.replace(/ \(you\)$/, '');

/** The number that a picture is of; null before the first one, and where it is not clear. */
function numberIn(video) {
  if (video.videoWidth === 0) return null;
  const { width, height } = reader.canvas;
  reader.drawImage(video, 0, 0, width, height);
  const { data } = reader.getImageData(0, 0, width, height);
  // In the middle of each stripe, where no edge is.
  const isWhite = (at, row) => {
    const [x, y] = [((at + 0.5) * width) / 4, ((row + 0.5) * height) / 2].map(Math.floor);
    return data[(y * width + x) * 4] > 128;
  };
  const isClear = BITS.every((_, at) => isWhite(at, 0) !== isWhite(at, 1));
  return isClear ? BITS.reduce((number, bit, at) => number + (isWhite(at, 0) ? bit : 0), 0) : null;
}

globalThis.actor = new Actor(globalThis.actorNumber);
