import { Router } from 'express';
import type { ConversationId, UserId } from '../../base/ids.ts';
import { bodyObject, jsonBody, textMember } from './json-body.ts';

export interface PermissionPorts {
  /** The user may be in this conversation no more; nothing happens where he is not. */
  readonly revoke: (user: UserId, conversation: ConversationId) => void;
}

/** POST /permissions/revoked. */
export const permissionRoutes = (ports: PermissionPorts): Router => {
  const router = Router();
  router.post('/permissions/revoked', jsonBody, (request, response) => {
    const body = bodyObject(request.body);
    const userid = textMember(body, 'userid', 'whose permission it was') as UserId;
    const conversation = textMember(body, 'conversationid', 'where it held') as ConversationId;
    ports.revoke(userid, conversation);
    response.status(204).end();
  });
  return router;
};
