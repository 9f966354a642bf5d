import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createReceiver } from '../../examples/webhook-receiver.mjs';

export const SECRET = 'a-secret-of-enough-characters';

export interface Told {
  readonly type: string;
  readonly conversation: string;
  readonly userid?: string;
  readonly clientid?: string;
}

/** The example's receiver, on a port of its own; `isDown` makes it answer 500. */
export async function receiver(port = 0) {
  const told: Told[] = [];
  const state = { isDown: false, refused: 0 };
  const server: Server = createReceiver(SECRET, (event: Told) => {
    if (state.isDown) {
      state.refused += 1;
      throw new Error('down');
    }
    told.push(event);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    (server as Server & { closeAllConnections: () => void }).closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { told, state, close, port: (server.address() as AddressInfo).port };
}
