// Runs in the page of an end-to-end test that fills slots itself: a camera of one colour, or a viewer that writes down
// which colour each frame shows that it presents.

/** What a frame may show. Anything else, half a frame of each for example, is `other`. */
const COLOURS = { red: [255, 0, 0], lime: [0, 255, 0], blue: [0, 0, 255], black: [0, 0, 0] };
const TOLERANCE = 60;
const [WIDTH, HEIGHT] = [320, 240];
const FRAMES_PER_SECOND = 20;

globalThis.studio = {
  pc: new RTCPeerConnection(),
  /** The colours of the frames presented, with the time of each. */
  frames: [],
  waiting: [],

  /**
   * Publishes this colour and a tone; resolves with the offer. `noise`: the upper half is, so that there is much to send.
   * `dtx`: in silence, next to nothing is sent. `idle`: nothing is sent at all, until tracks are replaced.
   */
  publish(colour, { noise = false, dtx = false, idle = false } = {}) {
    this.dtx = dtx;
    const tracks = [camera(colour, noise), this.microphone()];
    const streams = [new MediaStream(tracks)];
    // A picture of this size would get no more than 600 kbit/s.
    const sendEncodings = noise ? [{ maxBitrate: 3_000_000 }] : [{}];
    const [video, audio] = idle ? ['video', 'audio'] : tracks;
    this.pc.addTransceiver(video, { direction: 'sendonly', streams, sendEncodings });
    this.pc.addTransceiver(audio, { direction: 'sendonly', streams });
    return this.offer();
  },

  /** Views one video slot and hears one audio slot; resolves with the offer. */
  view() {
    for (const kind of ['video', 'audio']) this.pc.addTransceiver(kind, { direction: 'recvonly' });
    this.pc.ontrack = ({ track }) => {
      if (track.kind === 'video') this.watch(new MediaStream([track]));
      // What nobody plays is not decoded.
      else document.body.append(Object.assign(new Audio(), { autoplay: true, srcObject: new MediaStream([track]) }));
    };
    return this.offer();
  },

  async offer() {
    const { pc } = this;
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== 'complete') {
      await new Promise((resolve) => (pc.onicegatheringstatechange = resolve));
    }
    return pc.localDescription.sdp;
  },

  accept(sdp) {
    this.answer = this.dtx ? sdp.replace(/^(a=fmtp:111 .*)/m, '$1;usedtx=1') : sdp;
    return this.pc.setRemoteDescription({ type: 'answer', sdp: this.answer });
  },

  /** A track with a tone, which `speak` switches. */
  microphone(frequency = 440) {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency });
    const out = context.createMediaStreamDestination();
    this.mouth = new GainNode(context);
    tone.connect(this.mouth).connect(out);
    tone.start();
    return out.stream.getAudioTracks()[0];
  },

  speak(isLoud) {
    this.mouth.gain.value = isLoud ? 1 : 0;
  },

  enable(isOn) {
    for (const { track } of this.pc.getSenders()) track.enabled = isOn;
  },

  /** Other devices: a camera of this colour, another tone. */
  replaceTracks(colour) {
    return this.setTracks(camera(colour), this.microphone(880));
  },

  removeTracks() {
    return this.setTracks(null, null);
  },

  setTracks(...tracks) {
    return Promise.all(this.pc.getSenders().map((sender, index) => sender.replaceTrack(tracks[index])));
  },

  /** What is published goes on with other SSRCs, without a word to the service. */
  async changeSsrcs() {
    const { sdp } = await this.pc.createOffer();
    const changed = [...new Set(sdp.match(/(?<=^a=ssrc:)\d+/gm))].reduce(
      (text, ssrc) => text.replaceAll(ssrc, `${1 + Math.floor(Math.random() * 0x7fff_ffff)}`),
      sdp,
    );
    await this.pc.setLocalDescription({ type: 'offer', sdp: changed });
    await this.pc.setRemoteDescription({ type: 'answer', sdp: this.answer });
  },

  watch(stream) {
    const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true, srcObject: stream });
    document.body.append(video);
    const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const context = pixel.getContext('2d', { willReadFrequently: true });
    const onFrame = (now, { width, height }) => {
      // The lower half, where nothing moves.
      context.drawImage(video, 0, height / 2, width, height / 2, 0, 0, 1, 1);
      this.frames.push({ at: now, colour: nameOf(context.getImageData(0, 0, 1, 1).data) });
      this.waiting = this.waiting.filter((isStill) => isStill());
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  },

  /** Resolves when the last `count` frames presented were of this colour. */
  shows(colour, count = 1) {
    const isStill = () => {
      const last = this.frames.slice(-count);
      return last.length < count || last.some((frame) => frame.colour !== colour);
    };
    return new Promise((resolve) => {
      if (!isStill()) resolve();
      // Kept until it is done: `resolve` returns nothing.
      else this.waiting.push(() => isStill() || resolve());
    });
  },

  /** The frames since the last call. */
  takeFrames() {
    return this.frames.splice(0);
  },

  /** Counters of what is received, by kind. */
  async received() {
    const [video, audio] = await Promise.all(this.pc.getReceivers().map((end) => report(end, 'inbound-rtp')));
    const { packetsLost: lost, packetsReceived: packets } = video;
    const { framesDecoded, framesDropped, pliCount } = video;
    return {
      video: { packets, lost, framesDecoded, framesDropped, pliCount },
      audio: {
        packets: audio?.packetsReceived ?? 0,
        lost: audio?.packetsLost ?? 0,
        energy: audio?.totalAudioEnergy ?? 0,
      },
    };
  },

  /** Counters of what is sent, by kind. */
  async sent() {
    const [video, audio] = await Promise.all(this.pc.getSenders().map((end) => report(end, 'outbound-rtp')));
    const { keyFramesEncoded } = video;
    return { video: { ssrc: video.ssrc, keyFramesEncoded }, audio: { ssrc: audio.ssrc, packets: audio.packetsSent } };
  },
};

async function report(end, wanted) {
  return [...(await end.getStats()).values()].find(({ type }) => type === wanted);
}

function camera(colour, noise = false) {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d');
  let drawn = 0;
  setInterval(() => {
    context.fillStyle = colour;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    // Something that moves, at the upper edge: otherwise there is nothing to encode.
    context.fillStyle = 'white';
    context.fillRect((drawn++ * 8) % WIDTH, 0, 8, 8);
    if (noise) context.putImageData(noisePicture(), 0, 0);
  }, 1000 / FRAMES_PER_SECOND);
  return canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks()[0];
}

function noisePicture() {
  const picture = new ImageData(WIDTH, HEIGHT / 2);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let n = 0; n < pixels.length; n++) pixels[n] = 0xff000000 | (Math.random() * 0x1000000);
  return picture;
}

function nameOf(pixel) {
  const isNear = ([, rgb]) => rgb.every((value, index) => Math.abs(value - pixel[index]) <= TOLERANCE);
  return Object.entries(COLOURS).find(isNear)?.[0] ?? 'other';
}
