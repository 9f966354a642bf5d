import { Router } from 'express';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';
import { conversationPicture } from './conversation-picture.ts';
import { sendSvg } from './svg.ts';
import type { ConversationView } from './views.ts';

export interface ConversationPorts {
  /** Those that somebody has joined. */
  readonly list: () => readonly ConversationId[];
  /** Null where nobody has joined it. */
  readonly describe: (id: ConversationId) => ConversationView | null;
  /** Everybody is out of it at once; resolves when its recordings have ended. False where nobody has joined it. */
  readonly end: (id: ConversationId) => Promise<boolean>;
  /** How many have joined, and are connected. */
  readonly count: (id: ConversationId) => { readonly users: number; readonly members: number };
}

/** GET /conversations, GET and DELETE /conversations/:id, GET /conversations/:id/graph.svg. */
export const conversationRoutes = (ports: ConversationPorts): Router => {
  const router = Router();
  router.get('/conversations', (_request, response) => {
    response.json({ conversations: ports.list().map((id) => ({ id, ...ports.count(id) })) });
  });
  router.get('/conversations/:id', (request, response) => {
    response.json(described(ports, request.params.id));
  });
  router.get('/conversations/:id/graph.svg', (request, response) => {
    sendSvg(response, conversationPicture(described(ports, request.params.id)));
  });
  router.delete('/conversations/:id', async (request, response) => {
    if (!(await ports.end(request.params.id as ConversationId))) throw noSuchConversation();
    response.status(204).end();
  });
  return router;
};

const described = (ports: ConversationPorts, id: string): ConversationView => {
  const view = ports.describe(id as ConversationId);
  if (view === null) throw noSuchConversation();
  return view;
};

const noSuchConversation = (): ServiceError => new ServiceError('admin-not-found', { detail: 'no such conversation' });
