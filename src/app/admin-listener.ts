import type { Joins } from '../conversation/joins.ts';
import type { Registry } from '../conversation/registry.ts';
import { adminApp, type AdminAppOptions } from '../http/admin/admin-app.ts';
import { HttpServer } from '../http/server.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Recordings } from '../recording/service/recordings.ts';
import type { Context } from './context.ts';
import { peerPorts } from './peer-ports.ts';

/** What operators may ask about, and change. */
export interface AdminParts {
  readonly directory: PeerDirectory;
  readonly registry: Registry;
  readonly recordings: Recordings;
  readonly joins: Joins;
  readonly metrics: Metrics;
}

/** What operators and their tools reach. */
export const createAdminListener = (
  { config, plane, reporter, onError }: Context,
  { directory, registry, recordings, joins, metrics }: AdminParts,
): HttpServer => {
  const listener = adminApp({
    rules: config,
    checkHealth: () => plane.checkReady(),
    checkReady: () => directory.refuseWhileDraining(),
    metrics,
    peers: peerPorts(directory, registry),
    conversations: conversationPorts(registry, joins, recordings),
    recordings: recordingPorts(recordings),
    permissions: { revoke: (user, conversation) => joins.revoke(user, conversation) },
    onRefused: (route, error) => reporter.requestRefused(route, error),
    onError,
  });
  return new HttpServer('ADMIN_LISTEN', listener);
};

const conversationPorts = (
  registry: Registry,
  joins: Joins,
  recordings: Recordings,
): AdminAppOptions['conversations'] => ({
  list: () => registry.conversations,
  usersOf: (id) => registry.usersOf(id),
  membersOf: (id) => registry.membersOf(id),
  end: async (id) => {
    // While the members are there: what they have said by now is recorded.
    const recorded = recordings.stopIn(id, 'the conversation was ended');
    const wasThere = joins.end(id);
    await recorded;
    return wasThere;
  },
});

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
