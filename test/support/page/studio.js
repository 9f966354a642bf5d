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

  /** Publishes this colour; resolves with the offer. */
  publish(colour) {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const context = canvas.getContext('2d');
    let drawn = 0;
    setInterval(() => {
      context.fillStyle = colour;
      context.fillRect(0, 0, WIDTH, HEIGHT);
      // Something that moves, at the upper edge: otherwise there is nothing to encode.
      context.fillStyle = 'white';
      context.fillRect((drawn++ * 8) % WIDTH, 0, 8, 8);
    }, 1000 / FRAMES_PER_SECOND);
    const stream = canvas.captureStream(FRAMES_PER_SECOND);
    this.pc.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendonly', streams: [stream] });
    return this.offer();
  },

  /** Views one video slot; resolves with the offer. */
  view() {
    this.pc.addTransceiver('video', { direction: 'recvonly' });
    this.pc.ontrack = ({ track }) => this.watch(new MediaStream([track]));
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
    return this.pc.setRemoteDescription({ type: 'answer', sdp });
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

  /** Counters of the one stream that is received. */
  async received() {
    const { packetsLost, framesDecoded, freezeCount, pliCount } = await report(
      this.pc.getReceivers()[0],
      'inbound-rtp',
    );
    return { packetsLost, framesDecoded, freezeCount, pliCount };
  },

  async keyFramesSent() {
    return (await report(this.pc.getSenders()[0], 'outbound-rtp')).keyFramesEncoded;
  },
};

async function report(end, wanted) {
  return [...(await end.getStats()).values()].find(({ type }) => type === wanted);
}

function nameOf(pixel) {
  const isNear = ([, rgb]) => rgb.every((value, index) => Math.abs(value - pixel[index]) <= TOLERANCE);
  return Object.entries(COLOURS).find(isNear)?.[0] ?? 'other';
}
