import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReceiver } from '../../examples/webhook-receiver.mjs';

export interface Hook {
  readonly id: string;
  readonly type: string;
  readonly conversation: string;
  readonly time: string;
  readonly userid?: string;
  readonly recording?: string | null;
  readonly segment?: number;
}

/** The receiver of the example, which may be away for a while: then nobody answers at its port. */
export class HookServer {
  readonly port: number;
  /** Each event once, in the order in which they were first taken. */
  readonly told: readonly Hook[];
  readonly #server: Server;

  private constructor(server: Server, told: readonly Hook[]) {
    this.port = (server.address() as AddressInfo).port;
    this.told = told;
    this.#server = server;
  }

  static async open(secret: string): Promise<HookServer> {
    const told: Hook[] = [];
    const server = createReceiver(secret, (event: Hook) => void told.push(event)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HookServer(server, told);
  }

  async goAway(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async comeBack(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }
}
