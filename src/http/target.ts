/** What the target of a request names. The query never leaves this file: it holds the bearer token. */
export type Target =
  | { readonly endpoint: 'connect' }
  /** `segment` is what stands behind `/join/`, still percent-encoded; it may be empty. */
  | { readonly endpoint: 'join'; readonly segment: string }
  | { readonly endpoint: 'none' };

/** The route, for reports: never the path, which may hold whatever a client likes. */
export const routeName = (method: string | undefined, { endpoint }: Target): string =>
  endpoint === 'none' ? 'other' : `${method ?? ''} /${endpoint}`;

/**
 * Reads the raw target, not a decoded path: `/join/a%2Fb` is one segment, and `/join/a/b` is none of ours. A proxy may
 * send the absolute form (RFC 9112 §3.2.2).
 */
export const parseTarget = (url: string): Target => {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  if (path === '/connect') return { endpoint: 'connect' };
  const segment = /^\/join\/([^/]*)$/.exec(path)?.[1];
  return segment === undefined ? { endpoint: 'none' } : { endpoint: 'join', segment };
};
