import { Router } from 'express';
import { ServiceError } from '../../base/errors.ts';
import { sendSvg } from './svg.ts';

export interface PeerPorts {
  /** What is known of a connection, for people; null where there is none of this id. */
  readonly describe: (id: string) => Promise<object | null>;
  /** Ends a connection, and resolves when it is freed. False where there is none of this id. */
  readonly remove: (id: string) => Promise<boolean>;
  /** Its pipeline as SVG; null where there is none of this id. Rejects with a ServiceError `admin-busy`. */
  readonly draw: (id: string) => Promise<string | null>;
}

/** GET and DELETE /peers/:id, GET /peers/:id/graph.svg. */
export const peerRoutes = (ports: PeerPorts): Router => {
  const router = Router();
  router.get('/peers/:id', async (request, response) => {
    const peer = await ports.describe(request.params.id);
    if (peer === null) throw noSuchPeer();
    response.type('application/json').send(JSON.stringify(peer, withoutBigints));
  });
  router.get('/peers/:id/graph.svg', async (request, response) => {
    const svg = await ports.draw(request.params.id);
    if (svg === null) throw noSuchPeer();
    sendSvg(response, svg);
  });
  router.delete('/peers/:id', async (request, response) => {
    if (!(await ports.remove(request.params.id))) throw noSuchPeer();
    response.status(204).end();
  });
  return router;
};

const noSuchPeer = (): ServiceError => new ServiceError('admin-not-found', { detail: 'no such connection' });

/** GStreamer counts in 64 bits, for which JSON has no numbers. */
const withoutBigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
