import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Sends what it reads, a port and hexadecimal digits in each line: a UDP datagram with a source that is not its own. */
const PROGRAM = `
import socket, struct, sys
source, sport, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for line in sys.stdin:
    tport, text = line.split(' ')
    payload = bytes.fromhex(text.strip())
    udp = struct.pack('!HHHH', sport, int(tport), 8 + len(payload), 0)
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    # The kernel fills in the length, the identification and the checksum.
    ip = struct.pack('!BBHHHBBH', 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0) + addresses
    raw.sendto(ip + udp + payload, (target, 0))
`;

/** Why nobody can be spoofed here; null where it is possible. */
export function noSpoofing(): string | null {
  const { status } = spawnSync('python3', ['-c', PROGRAM, '127.0.0.1', '1', '127.0.0.1'], { input: '' });
  return status === 0 ? null : 'raw sockets need CAP_NET_RAW, and python3';
}

/** Sends datagrams that seem to come from somebody else. */
export class Spoofer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #sent = 0;

  constructor(source: Endpoint, target: string) {
    const ends = [source.address, String(source.port), target];
    this.#process = spawn('python3', ['-c', PROGRAM, ...ends], { stdio: ['pipe', 'ignore', 'inherit'] });
    this.#ended = once(this.#process, 'exit');
    // One that ended by itself says so by its status.
    this.#process.stdin?.on('error', () => undefined);
  }

  get sent(): number {
    return this.#sent;
  }

  send(datagram: Buffer, port: number): void {
    this.#sent += 1;
    this.#process.stdin?.write(`${port} ${datagram.toString('hex')}\n`);
  }

  /** Resolves with its exit status when all are sent. */
  async close(): Promise<unknown> {
    this.#process.stdin?.end();
    return (await this.#ended)[0];
  }
}
