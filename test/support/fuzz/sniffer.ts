import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Endpoint } from './spoofer.ts';

/** Tells of each UDP datagram on loopback between two ports as it arrives: one line with its two ports and its bytes. */
const PROGRAM = `
import socket, struct, sys
ends = {int(sys.argv[1]), int(sys.argv[2])}
raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
raw.bind(('lo', 0x0800))
print('ready', flush=True)
while True:
    packet, (_, _, kind, _, _) = raw.recvfrom(65536)
    # On loopback everything is seen twice: as it leaves, and as it arrives.
    if kind == socket.PACKET_OUTGOING or packet[9] != socket.IPPROTO_UDP: continue
    udp = packet[(packet[0] & 15) * 4:]
    source, target = struct.unpack('!HH', udp[:4])
    if {source, target} == ends: print(source, udp[8:].hex(), flush=True)
`;

/** What two endpoints of this machine send each other, spoofed or not: it needs what a Spoofer needs. */
export class Sniffer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#ended = once(process, 'exit');
  }

  /** Resolves when nothing is missed any more. */
  static async open(
    one: Endpoint,
    other: Endpoint,
    onDatagram: (datagram: Buffer, source: number) => void,
  ): Promise<Sniffer> {
    const ports = [String(one.port), String(other.port)];
    const child = spawn('python3', ['-c', PROGRAM, ...ports], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    lines.on('line', (line) => {
      const [source, datagram = ''] = line.split(' ');
      onDatagram(Buffer.from(datagram, 'hex'), Number(source));
    });
    return new Sniffer(child);
  }

  async close(): Promise<void> {
    this.#process.kill();
    await this.#ended;
  }
}
