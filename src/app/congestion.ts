import { Lines } from '../conversation/congestion/lines.ts';
import type { Registry } from '../conversation/registry.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Context } from './context.ts';

/** Gives receivers on congested lines less video, where that is wanted; to be stopped at the end. */
export const createLines = (
  { config, clock, reporter, onError }: Context,
  directory: PeerDirectory,
  registry: Registry,
): Lines => {
  const lines = new Lines({ receivers: directory, routes: registry, clock, onError });
  lines.events.on('changed', (receiver, videos, figures) => {
    if (videos === null) reporter.videoRestored(receiver);
    else reporter.videoLimited(receiver, videos, figures);
  });
  if (config.audioFirst) lines.start();
  return lines;
};
