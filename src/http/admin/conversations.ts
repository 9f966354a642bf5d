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
  /** Everybody is out of it at once; resolves when its recordings have ended. False where nobody has joined it. */
  readonly end: (id: ConversationId) => Promise<boolean>;
}

/** GET /conversations, GET and DELETE /conversations/:id. */
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
    if (users === null) throw noSuchConversation();
    response.json({ id, users, members: ports.membersOf(id).map(describe) });
  });
  router.delete('/conversations/:id', async (request, response) => {
    if (!(await ports.end(request.params.id as ConversationId))) throw noSuchConversation();
    response.status(204).end();
  });
  return router;
};

const noSuchConversation = (): ServiceError => new ServiceError('admin-not-found', { detail: 'no such conversation' });

const describe = ({ id, userid, clientid, csrc, tracks, slots }: Member): object => ({
  peer: id,
  userid,
  clientid,
  csrc,
  tracks: tracks.map(({ mid, kind }) => ({ mid, kind })),
  slots: slots.map(({ mid, kind, index }) => ({ mid, kind, index })),
});
