import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId, UserId } from '../../base/ids.ts';
import { parseConversationId } from '../../claim/conversation-id.ts';
import { claimOf } from '../with-claim.ts';

export interface JoinPorts {
  /** Throws a `ServiceError` where nothing new is let in. */
  readonly admit: () => void;
  /** Throws a `ServiceError`: the permission service said no, or a limit was reached. */
  readonly join: (user: UserId, conversation: ConversationId) => void | Promise<void>;
  /** False where the user is not in this conversation. */
  readonly leave: (user: UserId, conversation: ConversationId) => boolean;
}

/** POST and DELETE /join/:conversationid; the segment is still percent-encoded. */
export const join =
  (ports: JoinPorts) =>
  async (request: IncomingMessage, response: ServerResponse, segment: string): Promise<void> => {
    const { method } = request;
    if (method !== 'POST' && method !== 'DELETE') throw new ServiceError('not-found');
    const { userid } = claimOf(request);
    const conversation = parseConversationId(segment);
    if (method === 'DELETE') {
      if (!ports.leave(userid, conversation)) throw new ServiceError('not-joined');
      response.writeHead(204).end();
      return;
    }
    ports.admit();
    await ports.join(userid, conversation);
    response.writeHead(200, { 'Content-Length': 0 }).end();
  };
