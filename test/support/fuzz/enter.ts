import { ask, claim, TestClient } from '../client.ts';
import type { ServiceProcess } from '../service-process.ts';

/** Whatever plays a client with a webrtcbin. */
export interface Device {
  offer(): Promise<string>;
  /** Resolves when it is connected. */
  accept(answer: string): Promise<void>;
}

export interface Descriptions {
  readonly offer: string;
  readonly answer: string;
}

const headersOf = (service: ServiceProcess, userid: string): Record<string, string> => ({
  ...claim(userid),
  'X-Proxy-Secret': service.secret,
});

/** Connects, and joins the conversation `room`; throws where it does not come to that. */
export async function enter(service: ServiceProcess, userid: string, device: Device): Promise<Descriptions> {
  const descriptions = await connect(service, userid, device);
  if (typeof descriptions === 'number') throw new Error(`${userid} does not come up: ${descriptions}`);
  const headers = headersOf(service, userid);
  const { status } = await ask(service.port, '/join/room', { method: 'POST', headers });
  if (status !== 200) throw new Error(`${userid} may not join: ${status}`);
  return descriptions;
}

/** Whoever is told of the descriptions before the other side has them. */
export interface Eavesdropper {
  onOffer(offer: string): void;
  onAnswer(answer: string): Promise<void>;
}

/** Resolves when the service says that the connection is up; with the close code where it says something else. */
export async function connect(
  service: ServiceProcess,
  userid: string,
  device: Device,
  eavesdropper: Eavesdropper | null = null,
): Promise<Descriptions | number> {
  const offer = await device.offer();
  eavesdropper?.onOffer(offer);
  const client = await TestClient.open(service.port, headersOf(service, userid));
  if (!(client instanceof TestClient)) throw new Error(`refused with ${client.status}`);
  client.socket.send(offer);
  const { text: answer } = await client.message();
  await eavesdropper?.onAnswer(answer);
  // One that is disturbed may take itself for connected, or not: what the service says counts.
  const accepting = device.accept(answer).catch(() => undefined);
  const { code } = await client.closed;
  if (code !== 1000) return code;
  await accepting;
  return { offer, answer };
}
