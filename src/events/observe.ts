import type { Emitter } from '../base/emitter.ts';
import type { ConversationEvents } from '../conversation/types.ts';
import type { Reporter } from './reporter.ts';

/** Reports everything that conversations tell. Returns the function that ends it. */
export function observeConversations(events: Emitter<ConversationEvents>, reporter: Reporter): () => void {
  const subscriptions = [
    events.on('user-joined', (id, userid) => reporter.userJoined(id, userid)),
    events.on('user-left', (id, userid, reason) => reporter.userLeft(id, userid, reason)),
    events.on('opened', (id) => reporter.conversationOpened(id)),
    events.on('closed', (id) => reporter.conversationClosed(id)),
    events.on('member-joined', (id, member) => reporter.memberJoined(id, member)),
    events.on('member-left', (id, member) => reporter.memberLeft(id, member)),
    events.on('member-waiting', (id, member) => reporter.memberWaiting(id, member)),
  ];
  return () => {
    for (const end of subscriptions) end();
  };
}
