// Runs in the page of an end-to-end test, before the page's own scripts: a client of the service whose offer is put
// together section by section, and counters as the tests compare them.

// A person needs longer to allow the microphone than a socket to open. The documented page relies on that: it sends its
// offer without looking whether the socket is open.
const opened = [];
const { mediaDevices } = navigator;
const ask = mediaDevices.getUserMedia.bind(mediaDevices);
mediaDevices.getUserMedia = async (constraints) => {
  await Promise.all(opened);
  return ask(constraints);
};

// Every socket of the page, the ones of its own scripts too: how it ended is what the tests ask for.
globalThis.sockets = [];
globalThis.WebSocket = class extends globalThis.WebSocket {
  constructor(...args) {
    super(...args);
    const record = { code: null, reason: '' };
    globalThis.sockets.push(record);
    opened.push(new Promise((resolve) => ['open', 'close'].forEach((event) => this.addEventListener(event, resolve))));
    this.addEventListener('close', ({ code, reason }) => Object.assign(record, { code, reason }));
  }
};

// Every connection of the page, with what `ontrack` told.
const connections = [];
globalThis.connections = connections;
globalThis.RTCPeerConnection = class extends globalThis.RTCPeerConnection {
  constructor(...args) {
    super(...args);
    connections.push(this);
    this.streamsByMid = {};
    this.addEventListener('track', ({ transceiver, streams }) => {
      this.streamsByMid[transceiver.mid] = streams.map(({ id }) => id);
    });
  }
};

globalThis.client = {
  media: null,

  /**
   * Connects with one section per entry of `sections`: { kind, direction }; one that sends has a track.
   * `finish`: false leaves the answer unused, so that the connection never comes up, or only by `finish()`.
   * `candidates`: false keeps the page's addresses from the service, which then learns of them by what arrives;
   * `trickled` are sent behind the offer, a message each. `without`: lines of the offer that are not sent, a pattern.
   * `bundlePolicy`: as of an RTCPeerConnection.
   * `busy`: a picture in which all changes, and which takes all the bits that there are for one of its size.
   * `channel`: the label of a data channel that is opened before the offer; its messages are kept.
   * Resolves with how the socket ended; with null when it has not (`finish` false).
   */
  async connect({
    query,
    sections,
    channel,
    frameRate = 10,
    busy,
    finish = true,
    candidates = true,
    without,
    bundlePolicy,
  }) {
    const pc = new RTCPeerConnection({ bundlePolicy });
    await this.addSections(pc, sections, { frameRate, busy });
    if (channel !== undefined) this.openChannel(pc, channel);
    await pc.setLocalDescription(await pc.createOffer());
    await until(
      () => pc.iceGatheringState === 'complete',
      (check) => (pc.onicegatheringstatechange = check),
    );

    const socket = new WebSocket(`ws://${location.host}/connect?${query}`);
    const end = new Promise((resolve) => (socket.onclose = ({ code, reason }) => resolve({ code, reason })));
    const answer = new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
    const offer = pc.localDescription.sdp;
    const isLeftOut = (line) =>
      (candidates !== true && line.startsWith('a=candidate:')) || (without !== undefined && line.match(without));
    const lines = offer.split('\r\n');
    pc.offer = lines.filter((line) => !isLeftOut(line)).join('\r\n');
    socket.onopen = () => {
      socket.send(pc.offer);
      if (candidates === 'trickled')
        lines.filter((line) => line.startsWith('a=candidate:')).forEach((line) => socket.send(line));
    };
    const first = await Promise.race([answer, end]);
    if (typeof first !== 'string') return first;
    pc.answer = first;
    pc.socket = socket;
    pc.finish = async (sdp) => {
      pc.ontrack = ({ track, streams }) => play(streams[0] ?? new MediaStream([track]));
      await pc.setRemoteDescription({ type: 'answer', sdp });
      return end;
    };
    return finish ? pc.finish(first) : null;
  },

  /** What was sent. */
  offer(pc = connections.at(-1)) {
    return pc.offer;
  },

  /** What came. */
  answer(pc = connections.at(-1)) {
    return pc.answer;
  },

  /** Closes the socket, before the service does. */
  hangUp(pc = connections.at(-1)) {
    pc.socket.close();
  },

  /** Goes on with such a connection, with this text for an answer. */
  finish(sdp, pc = connections.at(-1)) {
    return pc.finish(sdp);
  },

  async addSections(pc, sections, { frameRate, busy = false }) {
    const sends = (kind) => sections.some((one) => one.kind === kind && one.direction.startsWith('send'));
    if (this.media === null && (sends('audio') || sends('video'))) {
      const video = sends('video') && !busy && { ...SIZE, frameRate };
      this.media = await navigator.mediaDevices.getUserMedia({ audio: sends('audio'), video });
      if (sends('video') && busy) this.media.addTrack(busyTrack(frameRate));
    }
    for (const { kind, direction, codec, layers = 1 } of sections) {
      const track = this.media?.getTracks().find((one) => one.kind === kind);
      const streams = this.media === null ? [] : [this.media];
      const sendEncodings = layers === 1 ? [] : Array.from({ length: layers }, (_, n) => ({ rid: `r${n}` }));
      const transceiver = direction.startsWith('send')
        ? pc.addTransceiver(track, { direction, streams, sendEncodings })
        : pc.addTransceiver(kind, { direction });
      if (codec !== undefined) transceiver.setCodecPreferences(codecsNamed(kind, codec));
    }
  },

  openChannel(pc, label) {
    pc.channelMessages = [];
    pc.channel = pc.createDataChannel(label);
    pc.channel.onmessage = ({ data }) => pc.channelMessages.push(data);
  },

  channel(index = -1) {
    const pc = connections.at(index);
    return { state: pc.channel?.readyState ?? null, messages: pc.channelMessages ?? [] };
  },

  /** One entry per section with media, in the order of the m-lines. */
  async stats(index = -1) {
    const pc = connections.at(index);
    const sections = pc.getTransceivers().map(async (transceiver) => {
      const received = (await reportsOf(transceiver.receiver)).find(({ type }) => type === 'inbound-rtp');
      const sent = (await reportsOf(transceiver.sender)).find(({ type }) => type === 'outbound-rtp');
      return {
        mid: transceiver.mid,
        kind: transceiver.receiver.track.kind,
        direction: transceiver.currentDirection,
        streams: pc.streamsByMid[transceiver.mid]?.length ?? 0,
        streamId: pc.streamsByMid[transceiver.mid]?.[0] ?? null,
        ssrc: received?.ssrc ?? null,
        packets: received?.packetsReceived ?? 0,
        lost: received?.packetsLost ?? 0,
        bytes: (received?.bytesReceived ?? 0) + (received?.headerBytesReceived ?? 0),
        energy: received?.totalAudioEnergy ?? 0,
        frames: received?.framesDecoded ?? sent?.framesSent ?? 0,
        sent: sent?.packetsSent ?? 0,
        samples: received?.totalSamplesReceived ?? 0,
        concealed: received?.concealedSamples ?? 0,
        keyframesAsked: received?.pliCount ?? 0,
        resent: sent?.retransmittedPacketsSent ?? received?.retransmittedPacketsReceived ?? 0,
        sources: transceiver.receiver.getContributingSources().map(({ source }) => source),
      };
    });
    const transport = pc.sctp?.transport ?? pc.getReceivers()[0]?.transport;
    const states = { state: pc.connectionState, transport: transport?.state ?? null };
    return { ...states, at: performance.now(), sections: await Promise.all(sections) };
  },

  /** The longest time that a picture of these streams, or of any, stood still since the last call, ms. */
  takeLongestPause(streams = null) {
    const now = performance.now();
    const pauses = [...document.querySelectorAll('video')]
      .filter(({ srcObject }) => streams === null || streams.includes(srcObject.id))
      .map((player) => {
        const { longestPause = 0, shownAt = Infinity } = player;
        player.longestPause = 0;
        return Math.max(longestPause, now - shownAt);
      });
    return Math.max(0, ...pauses);
  },

  close(pc = connections.at(-1)) {
    pc.close();
  },

  /** Connects, joins, leaves and closes again and again, without playing anything; resolves with what went wrong. */
  async rounds({ count, query, conversation, sections }) {
    const faults = [];
    for (let round = 0; round < count; round += 1) {
      const end = await this.connect({ query, sections });
      if (end.code !== 1000) faults.push(`connect: ${end.code} ${end.reason}`);
      const pc = connections.pop();
      for (const method of ['POST', 'DELETE']) {
        const { status } = await fetch(`/join/${conversation}?${query}`, { method });
        if (status !== (method === 'POST' ? 200 : 204)) faults.push(`${method} /join: ${status}`);
      }
      pc.close();
      document.querySelectorAll('video').forEach((player) => player.remove());
    }
    return faults;
  },
};

/** Of pictures: small, since four clients encode and decode on two cores. */
const SIZE = { width: 320, height: 240 };

/** Blots of random colours, each as large as a block of the codec. */
function busyTrack(frameRate) {
  const [canvas, blots] = [SIZE, { width: 40, height: 30 }].map((size) =>
    Object.assign(document.createElement('canvas'), size),
  );
  const [shown, small] = [canvas, blots].map((each) => each.getContext('2d'));
  const image = small.createImageData(blots.width, blots.height);
  setInterval(() => {
    crypto.getRandomValues(image.data);
    small.putImageData(image, 0, 0);
    shown.drawImage(blots, 0, 0, canvas.width, canvas.height);
  }, 1_000 / frameRate);
  return canvas.captureStream(frameRate).getVideoTracks()[0];
}

const codecsNamed = (kind, name) =>
  RTCRtpReceiver.getCapabilities(kind).codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `${kind}/${name}`);

async function reportsOf(end) {
  return [...(await end.getStats()).values()];
}

function play(stream) {
  const player = Object.assign(document.createElement('video'), { autoplay: true, srcObject: stream });
  document.body.append(player);
  const onFrame = (now) => {
    player.longestPause = Math.max(player.longestPause ?? 0, now - (player.shownAt ?? now));
    player.shownAt = now;
    player.requestVideoFrameCallback?.(onFrame);
  };
  player.requestVideoFrameCallback?.(onFrame);
}

function until(condition, subscribe) {
  return new Promise((resolve) => {
    const check = () => condition() && resolve();
    subscribe(check);
    check();
  });
}
