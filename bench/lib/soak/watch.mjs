// What is seen of the service from outside: its process, its metrics, its log.
import { get } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { askAdmin } from '../admin.mjs';
import { Latencies } from '../figures.mjs';
import { cpuUsOf, droppedDatagrams, footprintOf, lastingTasks, tasksOf } from '../process.mjs';
import { nothingHeard, plus } from './ear.mjs';
import { deafOf } from './figures.mjs';
import { nowUs } from '../packets.mjs';
import { LAG_LOOK_MS } from './verdict.mjs';

const BAD_LEVELS = ['error', 'fatal'];

export class Watch {
  samples = /** @type {import('./verdict.mjs').Sample[]} */ ([]);
  heard = nothingHeard();
  deaf = /** @type {string[]} */ ([]);
  errors = /** @type {string[]} */ ([]);
  /** How often each event was logged. @type {Record<string, number>} */
  events = {};
  #service;
  #token;
  #startedMs = performance.now();
  #lastUs = nowUs();
  #lastCpuUs;
  #droppedBefore = droppedDatagrams();
  #idleLag = monitorEventLoopDelay({ resolution: LAG_LOOK_MS });
  #line = '';

  constructor(service, token) {
    this.#service = service;
    this.#token = token;
    this.#lastCpuUs = cpuUsOf(service.pid);
    this.#idleLag.enable();
    service.child.stdout.on('data', (text) => this.#read(text));
  }

  get elapsedMs() {
    return performance.now() - this.#startedMs;
  }

  /** Connections that came up. */
  get connections() {
    return this.events['peer-connected'] ?? 0;
  }

  /** Datagrams that the kernel dropped meanwhile. */
  get dropped() {
    return droppedDatagrams() - this.#droppedBefore;
  }

  get footprint() {
    return { ...footprintOf(this.#service.pid), threads: lastingTasks(tasksOf(this.#service.pid)).length };
  }

  /**
   * @param {{ reports: import('./figures.mjs').Report[], latencies: [number, number][] }[]} parts of client processes
   * @param {(member: import('./figures.mjs').Report) => Promise<string>} describe what is known of somebody who is deaf
   */
  async sample(parts, describe) {
    const metrics = await this.metrics();
    const latencies = new Latencies();
    for (const [us, times] of parts.flatMap((part) => part.latencies)) latencies.add(us, times);
    const reports = parts.flatMap((part) => part.reports);
    this.heard = reports.map(({ heard }) => heard).reduce(plus, this.heard);
    for (const member of deafOf(reports, this.#lastUs)) {
      const { id, room } = member;
      this.deaf.push(`${Math.round(this.elapsedMs / 1_000)} s: ${id} in room ${room}; ${await describe(member)}`);
    }
    const [sinceUs, cpuUs] = [this.#lastUs, cpuUsOf(this.#service.pid)];
    this.#lastUs = nowUs();
    this.samples.push({
      atMs: Math.round(this.elapsedMs),
      ...this.footprint,
      heapKb: Math.round(metrics.get('nodejs_heap_size_used_bytes') / 1_024),
      peers: metrics.sum('webrtc_peers{'),
      cores: round((cpuUs - this.#lastCpuUs) / (this.#lastUs - sinceUs), 1_000),
      lagMs: round(metrics.get('nodejs_eventloop_lag_p99_seconds') * 1_000, 10),
      idleLagMs: round(this.#idleLag.percentile(99) / 1e6, 10),
      latencyP50Ms: ms(latencies.quantileUs(0.5)),
      latencyP99Ms: ms(latencies.quantileUs(0.99)),
    });
    this.#lastCpuUs = cpuUs;
    this.#idleLag.reset();
  }

  /** What the service says of itself. */
  async metrics() {
    const text = await this.#get('/metrics');
    const lines = text.split('\n').filter((line) => !line.startsWith('#'));
    const values = (start) =>
      lines.filter((line) => line.startsWith(start)).map((line) => Number(line.split(' ').at(-1)));
    return {
      get: (name) => values(`${name} `)[0],
      sum: (start) => values(start).reduce((sum, value) => sum + value, 0),
    };
  }

  /** What the service has got from each device in a conversation, and has sent to it, in packets. @param {string} conversation */
  async traffic(conversation) {
    const { members } = await askAdmin(this.#service, this.#token, 'GET', `/conversations/${conversation}`);
    return members
      .map(({ userid, traffic }) => `${userid}: ${traffic?.received.packets} from, ${traffic?.sent.packets} to`)
      .join(', ');
  }

  /** By a connection of its own, which does not stay. */
  #get(path) {
    const headers = { Authorization: `Bearer ${this.#token}` };
    return new Promise((resolve, reject) => {
      get({ port: this.#service.adminPort, host: '127.0.0.1', path, headers, agent: false }, (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (part) => (text += part));
        reply.on('end', () => (reply.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${text}`))));
      }).on('error', reject);
    });
  }

  #read(text) {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop();
    for (const line of lines) {
      const { event, level } = JSON.parse(line);
      this.events[event] = (this.events[event] ?? 0) + 1;
      if (BAD_LEVELS.includes(level)) this.errors.push(line);
    }
  }
}

const round = (value, digits) => Math.round(value * digits) / digits;
const ms = (us) => (us === null ? null : round(us / 1_000, 100));
