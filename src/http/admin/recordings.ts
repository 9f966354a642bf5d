import { Router } from 'express';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';
import { bodyObject, jsonBody, objectOf, textMember } from './json-body.ts';

export interface RecordingPorts {
  /** Those that run, and of those that have ended the last; oldest first. */
  readonly list: () => Promise<readonly object[]>;
  /** With its manifest; null where there is none. */
  readonly get: (id: string) => Promise<object | null>;
  /** Resolves with its id when the recorder has begun. Rejects with a `ServiceError`. */
  readonly start: (conversation: ConversationId, wish: RecordingWish) => Promise<string>;
  /** Resolves with the manifest when every file is closed; null where there is none. */
  readonly stop: (id: string) => Promise<object | null>;
}

export interface RecordingWish {
  /** The name of a pipeline. */
  readonly pipeline: string;
  /** Of the pipeline, by name; what they may be is for the pipeline to say. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** POST /conversations/:id/recordings, GET /recordings, GET and DELETE /recordings/:id. */
export const recordingRoutes = (ports: RecordingPorts): Router => {
  const router = Router();
  router.post('/conversations/:id/recordings', jsonBody, async (request, response) => {
    const id = await ports.start(request.params['id'] as ConversationId, wishOf(request.body));
    response.status(201).location(`/recordings/${id}`).json({ id });
  });
  router.get('/recordings', async (_request, response) => {
    response.json({ recordings: await ports.list() });
  });
  router.get('/recordings/:id', async (request, response) => {
    response.json(found(await ports.get(request.params.id)));
  });
  router.delete('/recordings/:id', async (request, response) => {
    response.json(found(await ports.stop(request.params.id)));
  });
  return router;
};

function wishOf(body: unknown): RecordingWish {
  const wish = bodyObject(body);
  const { settings = {} } = wish;
  return { pipeline: textMember(wish, 'pipeline', 'the name of one'), settings: objectOf(settings) };
}

function found<T>(thing: T | null): T {
  if (thing === null) throw new ServiceError('admin-not-found', { detail: 'no such recording' });
  return thing;
}
