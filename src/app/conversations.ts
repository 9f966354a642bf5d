import { Registry } from '../conversation/registry.ts';
import { observeConversations } from '../events/observe.ts';
import type { Context } from './context.ts';

/** Who is in which conversation; told to the log. */
export const createRegistry = ({ config, plane, clock, reporter, onError }: Context): Registry => {
  const registry = new Registry({ ...config, openGraph: () => plane.openGraph(), clock, onFault: onError });
  observeConversations(registry.events, reporter);
  return registry;
};
