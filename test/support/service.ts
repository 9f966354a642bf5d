import { readFileSync } from 'node:fs';
import { createApp, type App, type Overrides } from '../../src/app.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { FakePeer } from '../../src/media/fake/peer.ts';
import { FakeMediaPlane } from '../../src/media/fake/plane.ts';
import type { ReportedEvent } from '../../src/events/catalogue.ts';
import { recordingReporter } from './recording-reporter.ts';
import { ask, claim, TestClient, type Ask, type Reply } from './client.ts';
import { ManualClock } from './manual-clock.ts';

/** A real browser's offer: one audio section, both ways. */
export const OFFER = readFileSync(new URL('../fixtures/offers/chromium-156-audio.sdp', import.meta.url), 'utf8');

export interface Setup {
  /** As in the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
}

/** The whole service on a port of its own, with media in memory and time by hand. */
export class TestService {
  readonly app: App;
  readonly plane: FakeMediaPlane;
  readonly clock: ManualClock;
  /** Everything that was reported, oldest first. */
  readonly events: readonly ReportedEvent[];
  readonly port: number;

  private constructor(app: App, plane: FakeMediaPlane, clock: ManualClock, events: readonly ReportedEvent[]) {
    this.events = events;
    this.app = app;
    this.plane = plane;
    this.clock = clock;
    this.port = app.address?.port ?? 0;
  }

  static async start({ env = {}, overrides = {} }: Setup = {}): Promise<TestService> {
    const plane = new FakeMediaPlane();
    const clock = new ManualClock();
    const config = parseConfig({
      LISTEN: '127.0.0.1:0',
      ADMIN_LISTEN: '127.0.0.1:0',
      CONNECT_RATE: '1000',
      CONNECT_RATE_ADDRESS: '100000',
      LOG_LEVEL: 'silent',
      ...env,
    });
    const { reporter, events } = recordingReporter();
    const app = await createApp(config, { plane, clock, reporter, ...overrides });
    await app.start();
    return new TestService(app, plane, clock, events);
  }

  ask(path: string, options?: Ask): Promise<Reply> {
    return ask(this.port, path, options);
  }

  join(userid: string, conversation: string): Promise<Reply> {
    return this.ask(`/join/${encodeURIComponent(conversation)}`, { method: 'POST', headers: claim(userid) });
  }

  /** A client with an open socket that has sent nothing. */
  async open(userid: string, clientid?: string): Promise<TestClient> {
    const client = await TestClient.open(this.port, claim(userid, clientid));
    if (client instanceof TestClient) return client;
    throw new Error(`refused with ${client.status}: ${client.body}`);
  }

  /** The reply that refuses an upgrade. */
  async refused(headers: Readonly<Record<string, string>>, path = '/connect'): Promise<Reply> {
    const reply = await TestClient.open(this.port, headers, path);
    if (reply instanceof TestClient) throw new Error('was let in');
    return reply;
  }

  /** A client whose answer is in the making until `release` is called; answers to others are held back as well. */
  async answering(
    userid: string,
    clientid?: string,
  ): Promise<{ client: TestClient; peer: FakePeer; release: () => void }> {
    const release = this.plane.holdAnswers();
    const client = await this.open(userid, clientid);
    client.socket.send(OFFER);
    await client.settled();
    return { client, peer: this.newest(), release };
  }

  /** A client that has its answer; its transport is `peer`'s to bring up. */
  async answered(userid: string, clientid?: string, offer = OFFER): Promise<{ client: TestClient; peer: FakePeer }> {
    const client = await this.open(userid, clientid);
    client.socket.send(offer);
    await client.message();
    return { client, peer: this.newest() };
  }

  /** A client whose connection is up and whose socket is closed. */
  async connected(userid: string, clientid?: string, offer = OFFER): Promise<FakePeer> {
    const { client, peer } = await this.answered(userid, clientid, offer);
    peer.connect();
    const { code, reason } = await client.closed;
    if (code !== 1000) throw new Error(`closed with ${code} ${reason}`);
    return peer;
  }

  /** The media side that was opened last. */
  newest(): FakePeer {
    const peer = this.plane.peers.at(-1);
    if (peer === undefined) throw new Error('no peer is open');
    return peer;
  }

  /** The fields of every event of this name. */
  reported(name: ReportedEvent['name']): ReportedEvent['fields'][] {
    return this.events.filter((event) => event.name === name).map(({ fields }) => fields);
  }

  /** Whom `listener` hears in its audio slots. */
  hears(listener: FakePeer): string[] {
    return listener.slots.flatMap((slot) => this.plane.heardBy(slot)?.peer ?? []);
  }
}

const running: TestService[] = [];

/** Starts a service that ends with the test; every test file that uses it ends them in `afterEach(stopServices)`. */
export const startService = async (setup?: Setup): Promise<TestService> => {
  const service = await TestService.start(setup);
  running.push(service);
  return service;
};

export const stopServices = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(({ app }) => app.close()));
};

/** Waits for what nothing announces; fails after 5 s, or what is said. */
export const until = async (condition: () => boolean, what = 'the condition', limitMs = 5_000): Promise<void> => {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${what} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
