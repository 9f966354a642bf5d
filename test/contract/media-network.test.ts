// Where media goes: ports, addresses and marks, on the media plane itself.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import type { MediaNetwork } from '../../src/media/gst/ice.ts';
import { createGstPlane } from '../../src/media/gst/plane.ts';
import type { MediaPlane } from '../../src/media/types.ts';
import { peerRequest } from '../support/offers.ts';

jest.setTimeout(30_000);

const PORTS = { min: 51_000, max: 51_003 };
const OTHERS = { min: 51_010, max: 51_013 };

let plane: MediaPlane | null = null;
const taken: Socket[] = [];
const open = async (network: MediaNetwork): Promise<MediaPlane> => (plane = await createGstPlane(network));
afterEach(async () => {
  await plane?.close();
  for (const socket of taken.splice(0)) socket.close();
});

const candidates = (answer: string): [string, number][] =>
  [...answer.matchAll(/^a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/gim)].map(([, address = '', port]) => [
    address,
    Number(port),
  ]);

async function take(port: number): Promise<void> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  taken.push(socket);
  await once(socket, 'listening');
}

/** Local ports of the UDP sockets of this process on 127.0.0.1. */
const udpPorts = (): number[] =>
  [...readFileSync('/proc/self/net/udp', 'utf8').matchAll(/^ *\d+: 0100007F:([0-9A-F]{4})/gm)].map(([, port = '']) =>
    Number.parseInt(port, 16),
  );

test('every connection has a port of the range, and the last that is free is found', async () => {
  await open({ addresses: ['127.0.0.1'], ports: PORTS });
  const ports: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    const [candidate] = candidates(await plane!.openPeer(peerRequest('audio both', 'video both', 'data')).answer());
    ports.push(candidate?.[1] ?? 0);
  }
  expect(ports.sort()).toEqual([51_000, 51_001, 51_002, 51_003]);
  expect(udpPorts()).toEqual(expect.arrayContaining(ports));
});

test('where all are taken, an answer fails by its own name, soon, and harms nobody else', async () => {
  await open({ addresses: ['127.0.0.1'], ports: OTHERS });
  for (let port = OTHERS.min; port < OTHERS.max; port += 1) await take(port);
  const first = plane!.openPeer(peerRequest('audio both'));
  expect(candidates(await first.answer())).toEqual([['127.0.0.1', OTHERS.max]]);
  const second = plane!.openPeer(peerRequest('audio both'));
  const started = performance.now();
  await expect(second.answer()).rejects.toMatchObject({ code: 'no-media-port' });
  expect(performance.now() - started).toBeLessThan(5_000);
  await second.close('failed');
  await first.close('removed');
  expect(candidates(await plane!.openPeer(peerRequest('audio both')).answer())).toEqual([['127.0.0.1', OTHERS.max]]);
});

test('a connection that was closed has given its port back', async () => {
  const port = 51_020;
  await open({ addresses: ['127.0.0.1'], ports: { min: port, max: port } });
  for (let times = 0; times < 20; times += 1) {
    expect(udpPorts()).not.toContain(port);
    const peer = plane!.openPeer(peerRequest('audio both', 'data'));
    expect(candidates(await peer.answer())).toEqual([['127.0.0.1', port]]);
    await peer.close('removed');
  }
});

test('what is announced stands in the answer in place of the local address', async () => {
  await open({ addresses: ['127.0.0.1', '::1'], announced: [{ local: '::1', address: '2001:db8::5' }] });
  const answer = await plane!.openPeer(peerRequest('audio both')).answer();
  expect(
    candidates(answer)
      .map(([address]) => address)
      .sort(),
  ).toEqual(['127.0.0.1', '2001:db8::5']);
  expect(answer).not.toMatch(/ ::1 /);
});
