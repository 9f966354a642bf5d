import { ask } from '../client.ts';
import type { ServiceProcess } from '../service-process.ts';

/** What `GET /peers/:id` tells of a member, as far as it shows what came from him. */
export interface PeerView {
  readonly stats: {
    readonly received: { readonly packets: number };
    readonly dropped: Readonly<Record<string, number>>;
    readonly keyframeRequests: { readonly received: number };
    readonly nacks: { readonly received: number };
  };
  /** `jitter` in seconds. */
  readonly streams: readonly {
    readonly direction: 'received' | 'sent';
    readonly kind: 'audio' | 'video';
    readonly fractionLost: number | null;
    readonly jitter: number | null;
  }[];
  readonly details: {
    readonly receiver: {
      readonly transportLoss: number | null;
      readonly queueMs: number | null;
      readonly bitrateLimit: number | null;
    };
  } | null;
}

/** Of the device of a user who is connected, in this conversation. */
export async function viewOf(service: ServiceProcess, conversation: string, userid: string): Promise<PeerView> {
  const read = async (path: string): Promise<unknown> => {
    const { status, body } = await ask(service.adminPort, path);
    if (status !== 200) throw new Error(`${path} is ${status}: ${body}`);
    return JSON.parse(body);
  };
  const { members } = (await read(`/conversations/${conversation}`)) as {
    readonly members: readonly { readonly peer: string; readonly userid: string }[];
  };
  const member = members.find((each) => each.userid === userid);
  if (member === undefined) throw new Error(`${userid} is not in ${conversation}`);
  return (await read(`/peers/${member.peer}`)) as PeerView;
}
