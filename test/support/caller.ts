import { make, type GstObject } from 'node-gst';
import { Peer, until } from '../../node-gst/test/support.ts';
import { ask, claim, TestClient, type At } from './client.ts';

const LEVEL_ID = 1;
const SSRC = 0x1234;
const CAPS =
  `application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111,ssrc=(uint)${SSRC},` +
  `extmap-${LEVEL_ID}=(string)urn:ietf:params:rtp-hdrext:ssrc-audio-level`;
/** -20 dBov, with the voice bit. */
const LOUD = 0x80 | 20;

let callers = 0;

/** A user of the service by its own doors: /connect, /join, and a webrtcbin that talks and hears. */
export class Caller {
  readonly userid: string;
  readonly offer: string;
  readonly answer: string;
  readonly #at: At;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #device: Peer;
  readonly #source: GstObject;
  #sequence = 0;
  #talk: NodeJS.Timeout | null = null;

  private constructor(
    own: Pick<Caller, 'userid' | 'offer' | 'answer'>,
    at: At,
    headers: Readonly<Record<string, string>>,
    device: Peer,
    source: GstObject,
  ) {
    this.userid = own.userid;
    this.offer = own.offer;
    this.answer = own.answer;
    this.#at = at;
    this.#headers = headers;
    this.#device = device;
    this.#source = source;
  }

  /** Resolves when the service has closed the socket with 1000: the connection is up. */
  static async connect(
    at: At,
    userid: string,
    extra: Readonly<Record<string, string>> = {},
    token = 'bearer-token-of-a-user',
  ): Promise<Caller> {
    callers += 1;
    const device = new Peer(`caller-${callers}`);
    const source = make('appsrc');
    source.set('format', 'time').set('is-live', true).set('do-timestamp', true).set('caps', CAPS);
    device.pipeline.add(source);
    source.link(device.bin, CAPS);
    device.bin.on('pad-added', null, { drain: true });
    try {
      await device.pipeline.setState('PLAYING');
      const offer = (await device.offer()).sdp;
      const headers = { ...claim(userid), ...extra };
      const client = await TestClient.open(at, headers, `/connect?token=${token}`);
      if (!(client instanceof TestClient)) throw new Error(`refused with ${client.status}: ${client.body}`);
      client.socket.send(offer);
      const answer = (await client.message()).text;
      await device.op('set-remote-description', { type: 'answer', sdp: answer });
      const { code, reason } = await client.closed;
      if (code !== 1000) throw new Error(`closed with ${code} ${reason}`);
      return new Caller({ userid, offer, answer }, at, headers, device, source);
    } catch (error) {
      await device.close();
      source.dispose();
      throw error;
    }
  }

  /** The status of POST /join. */
  async join(conversation: string): Promise<number> {
    return (await ask(this.#at, `/join/${conversation}`, { method: 'POST', headers: this.#headers })).status;
  }

  /** Sends one packet of audio, 20 ms after the one before in its own time. */
  speak(payloadBytes = 40): void {
    const packet = new Uint8Array(20 + payloadBytes);
    const view = new DataView(packet.buffer);
    view.setUint16(0, 0x906f); // version 2, extension, payload type 111
    view.setUint16(2, this.#sequence & 0xffff);
    view.setUint32(4, (this.#sequence * 960) >>> 0);
    view.setUint32(8, SSRC);
    view.setUint32(12, 0xbede_0001);
    view.setUint16(16, (LEVEL_ID << 12) | LOUD);
    this.#sequence += 1;
    this.#source.emit('push-buffer', packet);
  }

  /** Speaks on, 50 packets a second, until it is closed. */
  talk(): void {
    this.#talk ??= setInterval(() => this.speak(), 20);
  }

  /** Packets that it sent so far. */
  get said(): number {
    return this.#sequence;
  }

  /** Packets that came for its ears so far. */
  async heard(): Promise<number> {
    const streams = await this.#device.stats('inbound-rtp');
    return streams.reduce((sum, stream) => sum + Number(stream['packets-received'] ?? 0), 0);
  }

  /** Resolves when something new comes for its ears. */
  async hears(limitMs = 10_000): Promise<void> {
    const before = await this.heard();
    let now = before;
    let isAsking = false;
    await until(
      `${this.userid} hears somebody`,
      () => {
        if (!isAsking) {
          isAsking = true;
          void this.heard().then((count) => {
            now = count;
            isAsking = false;
          });
        }
        return now > before;
      },
      limitMs,
    );
  }

  /** As a page that is left. */
  async close(): Promise<void> {
    if (this.#talk !== null) clearInterval(this.#talk);
    await this.#device.close();
    this.#source.dispose();
  }
}
