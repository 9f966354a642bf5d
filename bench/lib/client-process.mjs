// A process full of clients, forked by the bench, which calls what is in METHODS.
import process from 'node:process';
import gst from 'node-gst';
import { serve } from './calls.mjs';
import { Client } from './client.mjs';
import { JanusClient } from './janus/client.mjs';
import { Tally } from './tally.mjs';

/** How late a packet may leave. */
const TICK_MS = 2;

const CLIENTS = { service: Client, janus: JanusClient };

gst.init();
const tally = new Tally();
const clients = [];
let ticking;
let cpu;

const sent = () => clients.flatMap((client) => client.sent);

const METHODS = {
  /** One after the other, so that connecting does not look like load. */
  async enter({ kind, port, members }) {
    for (const member of members) {
      const client = new CLIENTS[kind](member, (packet, atUs) => tally.take(member.id, packet, atUs));
      clients.push(client);
      await client.enter(port);
    }
  },
  /** When everybody is in. */
  async hear(members) {
    for (const client of clients) await client.hear(members);
  },
  start() {
    for (const client of clients) client.start();
    ticking = setInterval(() => clients.forEach((client) => client.send()), TICK_MS);
  },
  /** The window begins. */
  open() {
    tally.open();
    cpu = process.cpuUsage();
    return sent();
  },
  close() {
    const { user, system } = process.cpuUsage(cpu);
    return { sent: sent(), cpuUs: user + system, ...tally.close() };
  },
  compare: (ranges) => tally.compare(ranges),
  async leave() {
    clearInterval(ticking);
    await Promise.all(clients.map((client) => client.close()));
  },
};

serve(METHODS);
