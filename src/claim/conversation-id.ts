import { ServiceError } from '../base/errors.ts';
import type { ConversationId } from '../base/ids.ts';
import { isText } from './text.ts';

/** In Unicode code points, after decoding. */
const MAX_CONVERSATION_ID_LENGTH = 256;

/**
 * What a request line may bring as one segment: visible ASCII, a `%` being the start of two hexadecimal digits. More than
 * RFC 3986 allows, because browsers send `[`, `]` and `|` as they are.
 */
const SEGMENT = /^(?:[!"$&-.0->@-~]|%[0-9A-Fa-f]{2})+$/;

/**
 * Decodes the path segment behind `/join/`, as it stands in the request line. The id may hold anything, a `/` (`%2F`)
 * too: whoever puts it into another URL has to encode it anew. Throws a ServiceError `conversation-id`.
 */
export function parseConversationId(rawPathSegment: string): ConversationId {
  if (!SEGMENT.test(rawPathSegment)) throw new ServiceError('conversation-id');
  const id = decode(rawPathSegment);
  if (!isText(id, MAX_CONVERSATION_ID_LENGTH)) throw new ServiceError('conversation-id');
  return id as ConversationId;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ServiceError('conversation-id', { cause });
  }
}
