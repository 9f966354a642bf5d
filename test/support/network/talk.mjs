// Two clients that talk to each other through a service: `talk.mjs <host> <port> <packets>`. Prints how many packets each has heard
// of the other once both have heard so many, as JSON, or what they have after 20 s.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import gst from 'node-gst';
import { Client } from '../../../bench/lib/client.mjs';
import { kindOf, readStamp } from '../../../bench/lib/packets.mjs';

const TICK_MS = 5;
const WITHIN_MS = 20_000;

gst.init();
const [host, port, enough] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const members = [1, 2].map((id) => ({ id, room: 0, sends: ['audio', 'video'], slots: { audio: 0, video: 0 } }));
/** By receiver. */
const heard = { 1: { audio: 0, video: 0 }, 2: { audio: 0, video: 0 } };
const clients = members.map(
  (member) =>
    new Client(member, (packet) => {
      const stamp = readStamp(packet);
      if (stamp !== null && stamp.publisher !== member.id) heard[member.id][kindOf(packet)] += 1;
    }),
);
for (const client of clients) await client.enter(port, host);
for (const client of clients) client.start();
const deadline = performance.now() + WITHIN_MS;
const isEnough = () => Object.values(heard).every(({ audio, video }) => audio >= enough && video >= enough);
while (!isEnough() && performance.now() < deadline) {
  for (const client of clients) client.send();
  await sleep(TICK_MS);
}
console.log(JSON.stringify(heard));
process.exit();
