import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { footprint, withDescendants, type Footprint } from './processes.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const SECRET = 'the-gateway-of-the-tests';

/** The built service as a process, as an operator runs it. */
export class ServiceProcess {
  readonly port: number;
  readonly secret = SECRET;
  readonly #child: ChildProcess;
  readonly #output: string[];

  private constructor(port: number, child: ChildProcess, output: string[]) {
    this.port = port;
    this.#child = child;
    this.#output = output;
  }

  /**
   * Resolves when the service says that it listens; rejects with what it said when it ends before.
   *
   * @param given a port that another one has had
   * @param through a program that becomes the service, with its arguments: `prlimit`, `setpriv`
   */
  static async start(
    env: Readonly<Record<string, string>> = {},
    given?: number,
    through: readonly string[] = [],
  ): Promise<ServiceProcess> {
    const port = given ?? (await freePort());
    const [program, ...args] = [...through, process.execPath, MAIN];
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ICE_ADDRESSES: '127.0.0.1',
        CONNECT_RATE: '1000',
        CONNECT_RATE_ADDRESS: '100000',
        LOG_LEVEL: 'info',
        PROXY_SECRET: SECRET,
        ADMIN_LISTEN: '127.0.0.1:0',
        ...env,
        LISTEN: `127.0.0.1:${port}`,
      },
    });
    const output: string[] = [];
    const listening = new Promise<void>((resolve, reject) => {
      const read = (text: string): void => {
        output.push(text);
        if (text.includes('server-listening')) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('exit', (code) => reject(new Error(`the service ended (${String(code)}):\n${output.join('')}`)));
    });
    await listening;
    return new ServiceProcess(port, child, output);
  }

  /** Everything it wrote so far. */
  get output(): string {
    return this.#output.join('');
  }

  /** Of the admin listener. */
  get adminPort(): number {
    return Number(/"admin":"[^"]*:(\d+)"/.exec(this.output)?.[1]);
  }

  /** The id of the connection that a user had first; empty where he has had none. */
  peerOf(userid: string): string {
    return new RegExp(`"peer":"([^"]+)","userid":"${userid}"`).exec(this.output)?.[1] ?? '';
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the service has ended');
    return this.#child.pid;
  }

  get footprint(): Footprint {
    return footprint(this.pid);
  }

  /** True until it has ended, for whatever reason. */
  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Nothing of it gets a chance to end well, its recorders neither. */
  async killWithChildren(): Promise<void> {
    const exited = once(this.#child, 'exit');
    for (const pid of withDescendants(this.#child.pid ?? 0)) process.kill(pid, 'SIGKILL');
    await exited;
  }

  /** Ends it as a crash would: its recorders live on, and end by themselves. */
  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** Ends it as an operator would; resolves with its exit status, null where it had to be killed. */
  async stop(): Promise<number | null> {
    const exited = this.isRunning ? once(this.#child, 'exit') : Promise.resolve([this.#child.exitCode]);
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    const [code] = (await exited) as [number | null];
    clearTimeout(timer);
    return code;
  }
}
