// Runs in the page of an end-to-end test with many publishers, after client.js: voices that speak when they are told to,
// cameras that show one colour each, and what plays in the tiles. A publisher is known by its number.

const PUBLISHERS = 10;
const [WIDTH, HEIGHT, FRAMES_PER_SECOND] = [160, 90, 5];

const colours = Array.from({ length: PUBLISHERS }, (_, n) => `hsl(${(360 / PUBLISHERS) * n} 100% 50%)`);

globalThis.crowd = {
  context: new AudioContext(),
  /** The gain of each voice. */
  voices: new Map(),
  /** By mid, a player of what is seen in the slot. */
  players: new Map(),

  /** Connects as a publisher and joins; resolves with how the socket ended and the status of the join. */
  async enter({ number, conversation, ...options }) {
    // The sections of the client that send take their tracks from here.
    globalThis.client.media = new MediaStream([this.voice(number), camera(colours[number])]);
    const end = await globalThis.client.connect(options);
    const { status } = await fetch(`/join/${conversation}?${options.query}`, { method: 'POST' });
    return { end, status };
  },

  /** A tone that swells three times a second, as syllables do; a steady one is noise to the service. */
  voice(number) {
    const { context } = this;
    const [tone, swell] = [300 + 100 * number, 3].map((frequency) => new OscillatorNode(context, { frequency }));
    const syllables = new GainNode(context, { gain: 0.25 });
    const depth = new GainNode(context, { gain: 0.24 });
    const mouth = new GainNode(context, { gain: 0 });
    const microphone = context.createMediaStreamDestination();
    swell.connect(depth).connect(syllables.gain);
    tone.connect(syllables).connect(mouth).connect(microphone);
    for (const source of [tone, swell]) source.start();
    this.voices.set(number, mouth);
    return microphone.stream.getAudioTracks()[0];
  },

  /** These speak and nobody else of this page. */
  speak(numbers) {
    for (const [number, mouth] of this.voices) mouth.gain.value = numbers.includes(number) ? 1 : 0;
  },

  /** By mid: the CSRC that played last in a slot, and the number of the publisher whose colour is seen in it. */
  tiles(pc = globalThis.connections.at(-1)) {
    const slots = pc.getTransceivers().filter(({ currentDirection }) => /^(sendrecv|recvonly)$/.test(currentDirection));
    const entries = slots.map(({ mid, receiver }) => {
      const [latest] = receiver.getContributingSources().sort((a, b) => b.timestamp - a.timestamp);
      const seen = receiver.track.kind === 'video' ? this.seenIn(mid, receiver.track) : null;
      return [mid, { csrc: latest?.source ?? null, seen }];
    });
    return Object.fromEntries(entries);
  },

  seenIn(mid, track) {
    if (!this.players.has(mid)) {
      const player = Object.assign(document.createElement('video'), { autoplay: true, muted: true });
      player.srcObject = new MediaStream([track]);
      document.body.append(player);
      this.players.set(mid, player);
    }
    const player = this.players.get(mid);
    return player.videoWidth === 0 ? null : nearest(pixelOf(player, player.videoHeight / 2, player.videoHeight / 2));
  },
};

function camera(colour) {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d');
  let drawn = 0;
  setInterval(() => {
    context.fillStyle = colour;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    // Something that moves, in the upper half: otherwise there is nothing to encode.
    context.fillStyle = 'white';
    context.fillRect((drawn++ * 8) % WIDTH, 0, 8, 8);
  }, 1000 / FRAMES_PER_SECOND);
  return canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks()[0];
}

const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

function pixelOf(image, top, height) {
  pixel.drawImage(image, 0, top, image.videoWidth ?? 1, height, 0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

const palette = colours.map((colour) => {
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
});

/** The number of the publisher whose colour this is; null where it is nobody's. */
function nearest(rgb) {
  const distances = palette.map((colour) => Math.hypot(...colour.map((value, index) => value - rgb[index])));
  const least = Math.min(...distances);
  return least < 60 ? distances.indexOf(least) : null;
}
