import express, { Router } from 'express';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';

export interface RecordingPorts {
  /** Those that run, and the last that have ended; oldest first. */
  readonly list: () => readonly RecordingSummary[];
  /** Null where there is none. */
  readonly get: (id: string) => RecordingSummary | null;
  /** The manifest; null where there is none. */
  readonly manifestOf: (id: string) => object | null;
  /** Resolves with its id when the recorder has begun. Rejects with a `ServiceError`. */
  readonly start: (conversation: ConversationId, pipeline: string) => Promise<string>;
  /** Resolves with the manifest when every file is closed; null where there is no such recording. */
  readonly stop: (id: string) => Promise<object | null>;
}

export interface RecordingSummary {
  readonly id: string;
  readonly conversation: string;
  readonly pipeline: string;
  readonly state: string;
  readonly directory: string;
}

/** A name, and nothing else. */
const MAX_BODY = 4096;

/** POST /conversations/:id/recordings, GET /recordings, GET and DELETE /recordings/:id. */
export const recordingRoutes = (ports: RecordingPorts): Router => {
  const router = Router();
  router.post(
    '/conversations/:id/recordings',
    express.text({ type: () => true, limit: MAX_BODY }),
    async (request, response) => {
      const id = await ports.start(request.params['id'] as ConversationId, pipelineOf(request.body));
      response.status(201).location(`/recordings/${id}`).json({ id });
    },
  );
  router.get('/recordings', (_request, response) => {
    response.json({ recordings: ports.list() });
  });
  router.get('/recordings/:id', (request, response) => {
    const { id } = request.params;
    response.json({ ...found(ports.get(id)), manifest: found(ports.manifestOf(id)) });
  });
  router.delete('/recordings/:id', async (request, response) => {
    response.json(found(await ports.stop(request.params.id)));
  });
  return router;
};

function pipelineOf(body: unknown): string {
  const value = parsed(typeof body === 'string' ? body : '');
  const pipeline = typeof value === 'object' && value !== null && 'pipeline' in value ? value.pipeline : null;
  if (typeof pipeline !== 'string')
    throw new ServiceError('admin-body', { detail: 'a "pipeline" is wanted, the name of one' });
  return pipeline;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError('admin-body', { detail: 'this is no JSON' });
  }
}

function found<T>(thing: T | null): T {
  if (thing === null) throw new ServiceError('admin-not-found', { detail: 'no such recording' });
  return thing;
}
