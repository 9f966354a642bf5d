import type { ConversationId, UserId } from '../../base/ids.ts';
import type { Permission, Verdict } from '../types.ts';

export const PERMISSION_TIMEOUT_MS = 2000;

/**
 * Asks `GET {host}/user/:userid/conversation/:conversationid`. 200 is a yes; 401, 403 and 404 are a no. Everything else
 * tells nothing: another status, a redirect, an error, no answer within 2 s.
 *
 * @param host an http or https URL without a slash at its end
 */
export function httpPermission(host: string, timeoutMs: number = PERMISSION_TIMEOUT_MS): Permission {
  return async (userid, conversation) => {
    const url = permissionUrl(host, userid, conversation);
    if (url === null) return 'no';
    try {
      const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
      // Frees the connection; what the body says does not matter, nor whether it can still be read.
      await response.body?.cancel().catch(() => undefined);
      return verdictOf(response.status);
    } catch {
      return 'unknown';
    }
  };
}

const verdictOf = (status: number): Verdict => {
  switch (status) {
    case 200:
      return 'yes';
    case 401:
    case 403:
    case 404:
      return 'no';
    default:
      return 'unknown';
  }
};

/**
 * Null for ids that no URL can carry: `.` and `..` are path steps even when they are percent-encoded (so that a user of
 * that name could ask about somebody else), and half a surrogate pair cannot be encoded.
 */
function permissionUrl(host: string, userid: UserId, conversation: ConversationId): string | null {
  if ([userid, conversation].some((id) => /^\.{1,2}$/.test(id))) return null;
  try {
    return `${host}/user/${encodeURIComponent(userid)}/conversation/${encodeURIComponent(conversation)}`;
  } catch {
    return null;
  }
}
