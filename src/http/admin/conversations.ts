import { Router } from 'express';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';
import type { Member } from '../../conversation/types.ts';

export interface ConversationPorts {
  /** Those that somebody has joined. */
  readonly list: () => readonly ConversationId[];
  /** Users who have joined, connected or not; null where nobody has. */
  readonly usersOf: (id: ConversationId) => readonly string[] | null;
  /** Connected devices, longest in the conversation first. */
  readonly membersOf: (id: ConversationId) => readonly Member[];
}

/** GET /conversations and GET /conversations/:id. */
export const conversationRoutes = (ports: ConversationPorts): Router => {
  const router = Router();
  router.get('/conversations', (_request, response) => {
    const conversations = ports.list().map((id) => ({
      id,
      users: ports.usersOf(id)?.length ?? 0,
      members: ports.membersOf(id).length,
    }));
    response.json({ conversations });
  });
  router.get('/conversations/:id', (request, response) => {
    const id = request.params.id as ConversationId;
    const users = ports.usersOf(id);
    if (users === null) throw new ServiceError('admin-not-found', { detail: 'no such conversation' });
    response.json({ id, users, members: ports.membersOf(id).map(describe) });
  });
  return router;
};

const describe = ({ id, userid, clientid, csrc, tracks, slots }: Member): object => ({
  peer: id,
  userid,
  clientid,
  csrc,
  tracks: tracks.map(({ mid, kind }) => ({ mid, kind })),
  slots: slots.map(({ mid, kind, index }) => ({ mid, kind, index })),
});
