import type { CloseReason } from '../base/close-reason.ts';
import type { MediaChannel } from '../media/types.ts';

/** Tells the client why it is about to be cut off, where it would not know by itself. */
export const sayBye = (channel: MediaChannel, reason: CloseReason): void => {
  if (isNews(reason)) channel.send(JSON.stringify({ type: 'bye', reason }));
};

/** The other reasons are the client's own doing, or its transport no longer carries anything. */
const isNews = (reason: CloseReason): boolean => {
  switch (reason) {
    case 'replaced':
    case 'removed':
    case 'shutdown':
      return true;
    case 'gone':
    case 'silent':
    case 'failed':
    case 'abandoned':
      return false;
    default:
      return reason satisfies never;
  }
};
