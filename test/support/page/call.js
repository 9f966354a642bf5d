// Runs in the page of a test of the client library: one call, everybody in a player, and a record of what it told.

globalThis.page = {
  call: null,
  /** Events in order, each with the time of the page's clock. */
  log: [],
  /** Ids of participants to their players. */
  players: new Map(),
  /** By id, when the last frames were shown, of the clock of the machine. */
  frames: new Map(),

  /** Resolves with null, or with what the error says. */
  async connect(options) {
    const { connect } = await import('/client.js');
    try {
      this.follow(await connect({ url: '/', ...options }));
      return null;
    } catch (error) {
      return errorOf(error);
    }
  },

  follow(call) {
    this.call = call;
    for (const name of ['state', 'participants', 'conversation', 'recording', 'playback', 'error']) {
      call.on(name, (event) => this.log.push({ name, at: Date.now(), event: plain(name, event) }));
    }
    call.on('participants', ({ joined, left }) => {
      joined.forEach((each) => this.play(each));
      left.forEach(({ id }) => this.players.delete(id));
    });
    call.participants.forEach((each) => this.play(each));
  },

  play(participant) {
    const player = document.createElement('video');
    document.body.append(player);
    this.players.set(participant.id, player);
    this.call.play(participant, player);
    const times = this.frames.get(participant.id) ?? [];
    this.frames.set(participant.id, times);
    const onFrame = () => {
      times.push(Date.now());
      if (times.length > 1_000) times.shift();
      player.requestVideoFrameCallback(onFrame);
    };
    player.requestVideoFrameCallback(onFrame);
  },

  /**
   * Looks ten times a second whether more sound of somebody has gone to his player, which he has sent and the browser has not made
   * up. Of one at a time, and not for longer than is needed: a dozen pages share a processor.
   */
  listenTo(userid) {
    this.sounds = [];
    let last = this.playedAt(this.participant(userid));
    this.listening = setInterval(() => {
      const playedAt = this.playedAt(this.participant(userid)) ?? last;
      if (playedAt !== last) this.sounds.push(Date.now());
      last = playedAt;
    }, 100);
  },

  /** Of the sound in somebody's player, on the clock of the page. */
  playedAt(participant) {
    const [track] = participant?.stream.getAudioTracks() ?? [];
    const up = globalThis.connections.filter(({ connectionState }) => connectionState === 'connected');
    const receiver = up.flatMap((pc) => pc.getReceivers()).find((each) => each.track === track);
    return receiver?.getSynchronizationSources()[0]?.timestamp;
  },

  /** When sound was first heard after a time since `listenTo`, which ends with it; null where none was yet. */
  soundAfter(at) {
    const found = this.sounds.find((time) => time > at) ?? null;
    if (found !== null) clearInterval(this.listening);
    return found;
  },

  /** Everything that the call says now, and what each player has played. */
  async look() {
    const decoded = await framesDecoded();
    const { state, participants, conversation, recording, muted, stats } = this.call;
    const people = participants.map((each) => ({
      ...summary(each),
      stream: each.stream.id,
      tracks: each.stream.getTracks().map(({ kind }) => kind),
      isPlayed: this.players.get(each.id)?.srcObject === each.stream,
      time: this.players.get(each.id)?.currentTime ?? null,
      frames: this.framesOf(each, decoded),
    }));
    return { state: plain('state', state), people, conversation, recording, muted, stats, now: Date.now() };
  },

  /** Frames that were shown; where the browser counts those of files only (Firefox), those that were decoded. */
  framesOf({ id, stream }, decoded) {
    const shown = this.players.get(id)?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    return shown || (decoded.get(stream.getVideoTracks()[0]?.id) ?? null);
  },

  /** Resolves with null, or with what the error says. */
  async do(method, ...args) {
    try {
      await this.call[method](...args);
      return null;
    } catch (error) {
      return errorOf(error);
    }
  },

  /** When the first frame of somebody was shown after a time; null where none was yet. */
  frameAfter(userid, at) {
    return this.frames.get(this.participant(userid)?.id)?.find((time) => time > at) ?? null;
  },

  participant(userid) {
    return this.call.participants.find((each) => each.userid === userid);
  },

  /** A picture of one colour, with something in it that moves. */
  camera(colour) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
    const context = canvas.getContext('2d');
    let drawn = 0;
    setInterval(() => {
      context.fillStyle = colour;
      context.fillRect(0, 0, 160, 90);
      context.fillStyle = 'white';
      context.fillRect((drawn++ * 8) % 160, 0, 8, 8);
    }, 100);
    return canvas.captureStream(10).getVideoTracks()[0];
  },

  /** Sound that never ends. */
  tone() {
    const context = new AudioContext();
    const sound = context.createMediaStreamDestination();
    const source = context.createOscillator();
    source.connect(sound);
    source.start();
    return sound.stream.getAudioTracks()[0];
  },

  /** The middle of the picture in somebody's player, as [red, green, blue]; null where there is none. */
  colourOf(userid) {
    const player = this.players.get(this.participant(userid)?.id);
    if (player === undefined || player.videoWidth === 0) return null;
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context.drawImage(player, player.videoWidth / 2, player.videoHeight * 0.7, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  },
};

/** Of each video track that is received on a connection that is up. */
async function framesDecoded() {
  const open = globalThis.connections.filter(({ connectionState }) => connectionState === 'connected');
  const receivers = open.flatMap((pc) => pc.getReceivers()).filter(({ track }) => track.kind === 'video');
  const counted = receivers.map(async (receiver) => {
    const reports = [...(await receiver.getStats()).values()];
    return [receiver.track.id, reports.find(({ type }) => type === 'inbound-rtp')?.framesDecoded ?? 0];
  });
  return new Map(await Promise.all(counted));
}

const summary = (participant) => ({ ...participant, stream: undefined });

const errorOf = ({ name, message, code, remedy, retryAfter, detail }) => ({
  name,
  message,
  code,
  remedy,
  retryAfter,
  detail,
});

function plain(name, event) {
  if (name === 'error') return errorOf(event);
  if (name === 'state')
    return event.state === 'closed' && event.error ? { ...event, error: errorOf(event.error) } : event;
  if (name !== 'participants') return event;
  return Object.fromEntries(Object.entries(event).map(([key, people]) => [key, people.map(summary)]));
}
