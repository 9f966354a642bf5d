// Two clients for tests in network namespaces: they come in by the doors of the service, and talk.
//
//   node test/support/network/two-voices.mjs <host:port> <local address>
//
// Ends with status 0 when each has heard a hundred packets of the other within 30 s.
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import gst from 'node-gst';
import WebSocket from 'ws';
import { MediaClient } from '../media-client.mjs';

const ENOUGH = 100;
const DEADLINE_MS = 30_000;
const [host = '', address = ''] = process.argv.slice(2);

gst.init();
const deadline = setTimeout(() => process.exit(1), DEADLINE_MS);
const clients = [await enter('ann'), await enter('ben')];
for (const client of clients) client.talk();
while (clients.some(({ received }) => received.length < ENOUGH)) await delay(50);
clearTimeout(deadline);
console.log('heard');
for (const client of clients) await client.close();
process.exit();

/** @param {string} userid */
async function enter(userid) {
  const headers = { 'X-User-Claim': JSON.stringify({ userid }) };
  const client = await MediaClient.open(null, { address });
  const socket = new WebSocket(`ws://${host}/connect`, { headers });
  await once(socket, 'open');
  socket.send(await client.offer());
  const [answer] = await once(socket, 'message');
  console.log(String(answer));
  await client.accept(String(answer));
  const { status } = await fetch(`http://${host}/join/room`, { method: 'POST', headers });
  if (status !== 200) throw new Error(`${userid} may not join: ${status}`);
  return client;
}
