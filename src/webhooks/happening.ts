import type { ReportedEvent } from '../events/catalogue.ts';
import type { Happening, WebhookType } from './types.ts';

/** What of the reported events an operator's server is told; null for all others. */
export function happeningOf(event: ReportedEvent): Happening | null {
  switch (event.name) {
    case 'conversation-opened':
      return { type: 'conversation.started', conversation: event.fields.conversation, data: {} };
    case 'conversation-closed':
      return { type: 'conversation.ended', conversation: event.fields.conversation, data: {} };
    case 'member-joined':
    case 'member-left': {
      const { conversation, ...data } = event.fields;
      const type = event.name === 'member-joined' ? 'participant.joined' : 'participant.left';
      return { type, conversation, data };
    }
    case 'recording-started':
      return recordingHappening('recording.started', event.fields);
    case 'segment-closed':
      return recordingHappening('segment.closed', event.fields);
    case 'recording-finished':
      return recordingHappening('recording.finished', event.fields);
    case 'recording-failed':
      return recordingHappening('recording.failed', event.fields);
    default:
      return null;
  }
}

const recordingHappening = (
  type: WebhookType,
  { conversation, ...data }: Pick<Happening, 'conversation'> & object,
): Happening => ({ type, conversation, data });

/** The body of a webhook: what a receiver parses. `id` is the same on every attempt, so that it can drop repetitions. */
export const bodyOf = (happening: Happening, id: string, happenedAt: number): string =>
  JSON.stringify({
    id,
    type: happening.type,
    time: new Date(happenedAt).toISOString(),
    conversation: happening.conversation,
    ...happening.data,
  });
