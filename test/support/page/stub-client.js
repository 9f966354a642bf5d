// Takes the place of the client library in a test of how the page looks and is operated: a call with as many people as
// `globalThis.stub` says, who are there without a service. What the page asked for is kept in `calls`.

const { names = [], recording = false, blocked = false, refuses } = globalThis.stub;
const QUALITIES = ['good', 'good', 'fair', 'poor'];

/** A picture that needs no camera: a head and shoulders on a colour. */
function picture(number) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const context = canvas.getContext('2d');
  context.fillStyle = `hsl(${number * 47} 30% 45%)`;
  context.fillRect(0, 0, 320, 180);
  context.fillStyle = `hsl(${number * 47} 25% 75%)`;
  for (const [x, y, radius] of [
    [160, 80, 38],
    [160, 200, 75],
  ]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.fill();
  }
  return canvas.captureStream(0);
}

class StubCall {
  state = { state: 'connected' };
  conversation = null;
  recording = recording;
  muted = false;
  stats = null;
  calls = [];
  #listeners = [];
  #people;

  constructor({ token, audio, video }) {
    const kinds = [audio && 'audio', video && 'video'].filter(Boolean);
    const stream = new MediaStream([audio, video].filter(Boolean));
    const self = { id: 'self', userid: token, csrc: 1, self: true, stream, speaking: false, muted: !audio, kinds };
    this.#people = [
      { ...self, clientid: 'web', playing: kinds, pinned: false, quality: 'good' },
      ...names.map((name, index) => this.#person(name, index)),
    ];
  }

  get participants() {
    return this.#people;
  }

  on(name, listener) {
    const entry = { name, listener };
    this.#listeners.push(entry);
    if (name === 'playback' && blocked) queueMicrotask(() => listener({ blocked: true }));
    return () => (this.#listeners = this.#listeners.filter((each) => each !== entry));
  }

  emit(name, event) {
    for (const each of this.#listeners) if (each.name === name) each.listener(event);
  }

  /** Changes one of the people, as an event of the service would. */
  change(id, change) {
    this.#people = this.#people.map((each) => (each.id === id ? { ...each, ...change } : each));
    const changed = this.#people.filter((each) => each.id === id);
    this.emit('participants', { all: this.#people, joined: [], left: [], changed });
  }

  remove(id) {
    const left = this.#people.filter((each) => each.id === id);
    this.#people = this.#people.filter((each) => each.id !== id);
    this.emit('participants', { all: this.#people, joined: [], left, changed: [] });
  }

  /** A second of figures. */
  tick(second) {
    const flow = { bitrate: 900_000 + 200_000 * Math.sin(second / 5), loss: 0.01 * (1 + Math.sin(second / 3)) };
    const track = { ...flow, kind: 'audio', level: 0.2, width: null, height: null, fps: null };
    const slots = this.#people.slice(1).flatMap(({ id, kinds }, index) =>
      kinds.map((kind) => {
        const size = kind === 'video' ? { width: 640, height: 360, fps: 24 } : {};
        return { ...track, ...size, kind, mid: `${index}${kind}`, index, participant: id, jitter: 20 };
      }),
    );
    const rtt = 30 + 10 * Math.cos(second / 4);
    this.emit('stats', { at: second * 1000, rtt, quality: 'good', sent: flow, received: flow, tracks: [track], slots });
  }

  async join(conversation) {
    this.conversation = conversation;
    this.calls.push(['join', conversation]);
  }

  async leave() {
    this.calls.push(['leave']);
  }

  mute(on) {
    this.muted = on;
    this.calls.push(['mute', on]);
    this.change('self', { muted: on });
  }

  async replaceTrack(kind, track) {
    this.calls.push(['replaceTrack', kind, track?.kind ?? null]);
    const { stream, kinds } = this.#people[0];
    for (const old of stream.getTracks().filter((each) => each.kind === kind)) stream.removeTrack(old);
    if (track !== null) stream.addTrack(track);
    const others = kinds.filter((each) => each !== kind);
    const now = track === null ? others : [...others, kind];
    this.change('self', { kinds: now, playing: now });
  }

  pin({ id }, on) {
    this.calls.push(['pin', id, on]);
    this.change(id, { pinned: on });
  }

  play({ stream }, element) {
    Object.assign(element, { srcObject: stream, muted: true });
    element.play().catch(() => undefined);
    return () => (element.srcObject = null);
  }

  async resume() {
    this.calls.push(['resume']);
    this.emit('playback', { blocked: false });
  }

  close() {
    this.calls.push(['close']);
  }

  /** Every third has no camera, every fourth is muted, the second speaks. */
  #person(name, index) {
    const seen = index % 3 !== 2;
    const kinds = seen ? ['audio', 'video'] : ['audio'];
    return {
      id: String(index + 2),
      userid: name,
      clientid: 'web',
      csrc: 1_000_003 * (index + 2),
      self: false,
      stream: seen ? picture(index) : new MediaStream(),
      speaking: index === 1 || names.length === 1,
      muted: index % 4 === 3,
      kinds,
      playing: kinds,
      pinned: false,
      quality: QUALITIES[index % QUALITIES.length],
    };
  }
}

export async function connect(options) {
  if (refuses !== undefined) throw Object.assign(new Error(refuses[0]), { remedy: refuses[1] });
  globalThis.call = new StubCall(options);
  return globalThis.call;
}
