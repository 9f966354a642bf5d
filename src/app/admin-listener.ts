import { fileURLToPath } from 'node:url';
import type { Joins } from '../conversation/joins.ts';
import type { Registry } from '../conversation/registry.ts';
import type { Drawer } from '../drawing/drawer.ts';
import { adminApp, type AdminAppOptions } from '../http/admin/admin-app.ts';
import { HttpServer } from '../http/server.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Recordings } from '../recording/service/recordings.ts';
import type { Context } from './context.ts';
import { conversationPorts } from './conversation-ports.ts';
import type { Headroom } from './headroom.ts';
import { peerPorts } from './peer-ports.ts';

/** What operators may ask about, and change. */
export interface AdminParts {
  readonly directory: PeerDirectory;
  readonly registry: Registry;
  readonly recordings: Recordings;
  readonly joins: Joins;
  readonly metrics: Metrics;
  readonly drawer: Drawer;
  readonly headroom: Headroom;
}

/** It lies beside `src/` and `dist/` alike. */
const DASHBOARD = fileURLToPath(new URL('../../dashboard', import.meta.url));

/** What operators and their tools reach. */
export const createAdminListener = ({ config, plane, reporter, onError }: Context, parts: AdminParts): HttpServer => {
  const { directory, registry, recordings, joins, metrics, drawer, headroom } = parts;
  const listener = adminApp({
    rules: config,
    checkHealth: () => plane.checkReady(),
    checkReady: () => directory.refuseWhileDraining(),
    metrics,
    dashboard: DASHBOARD,
    peers: peerPorts(directory, registry, drawer),
    conversations: conversationPorts(parts),
    recordings: recordingPorts(recordings),
    permissions: { revoke: (user, conversation) => joins.revoke(user, conversation) },
    onRefused: (route, error) => reporter.requestRefused(route, error),
    onError,
  });
  return new HttpServer('ADMIN_LISTEN', listener, headroom.sockets.admin);
};

const recordingPorts = (recordings: Recordings): AdminAppOptions['recordings'] => ({
  list: () => recordings.list(),
  get: async (id) => {
    const recording = await recordings.get(id);
    return recording === null ? null : { ...recording.summary, manifest: recording.manifest };
  },
  start: async (id, wish) => {
    const { name } = await recordings.start(id, { ...wish, requestedBy: 'the admin listener' });
    return name.recording;
  },
  stop: (id) => recordings.stop(id, 'it was asked for'),
});
