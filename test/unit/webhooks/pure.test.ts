import { createHmac } from 'node:crypto';
import type { ClientId, ConversationId, PeerId, UserId } from '../../../src/base/ids.ts';
import { EVENTS, type EventName, type ReportedEvent } from '../../../src/events/catalogue.ts';
import { backoffMs } from '../../../src/webhooks/backoff.ts';
import { bodyOf, happeningOf } from '../../../src/webhooks/happening.ts';
import { signatureOf } from '../../../src/webhooks/signature.ts';
import { WEBHOOK_TYPES } from '../../../src/webhooks/types.ts';

const conversation = 'tea' as ConversationId;
const member = { peer: 'p1' as PeerId, userid: 'ann' as UserId, clientid: 'laptop' as ClientId };

describe('happeningOf', () => {
  it.each<[ReportedEvent, string, object]>([
    [{ name: 'conversation-opened', fields: { conversation } }, 'conversation.started', {}],
    [{ name: 'conversation-closed', fields: { conversation } }, 'conversation.ended', {}],
    [{ name: 'member-joined', fields: { conversation, ...member } }, 'participant.joined', member],
    [{ name: 'member-left', fields: { conversation, ...member } }, 'participant.left', member],
    [
      { name: 'recording-started', fields: { conversation, recording: 'r', pipeline: 'p', requestedBy: 'RECORD' } },
      'recording.started',
      { recording: 'r', pipeline: 'p', requestedBy: 'RECORD' },
    ],
    [
      { name: 'segment-closed', fields: { conversation, recording: 'r', segment: 2, durationMs: 20, files: 1 } },
      'segment.closed',
      { recording: 'r', segment: 2, durationMs: 20, files: 1 },
    ],
    [
      { name: 'recording-finished', fields: { conversation, recording: 'r', segments: 2, interrupted: true } },
      'recording.finished',
      { recording: 'r', segments: 2, interrupted: true },
    ],
    [
      { name: 'recording-failed', fields: { conversation, recording: null, detail: 'no place' } },
      'recording.failed',
      { recording: null, detail: 'no place' },
    ],
  ])('tells of %o', (event, type, data) => {
    expect(happeningOf(event)).toEqual({ type, conversation, data });
  });

  it('tells of nothing else', () => {
    const told = (Object.keys(EVENTS) as EventName[]).filter(
      (name) => happeningOf({ name, fields: { conversation } } as unknown as ReportedEvent) !== null,
    );
    expect(told).toHaveLength(WEBHOOK_TYPES.length);
  });
});

test('a body is JSON with an id, the type, the time and the data', () => {
  const body = bodyOf(
    { type: 'participant.joined', conversation, data: member },
    'id-1',
    Date.UTC(2026, 0, 2, 3, 4, 5),
  );
  expect(JSON.parse(body)).toEqual({
    id: 'id-1',
    type: 'participant.joined',
    time: '2026-01-02T03:04:05.000Z',
    conversation: 'tea',
    ...member,
  });
});

test('a signature is over time and body, under the secret', () => {
  const expected = createHmac('sha256', 'a secret of sixteen').update('1700000000.{"a":1}').digest('hex');
  expect(signatureOf('a secret of sixteen', '{"a":1}', 1_700_000_000)).toBe(`t=1700000000,v1=${expected}`);
});

test.each([
  [1, 0, 500],
  [1, 1, 1000],
  [2, 1, 2000],
  [3, 0.5, 3000],
  [7, 1, 60_000],
  [7, 0, 30_000],
  [100_000, 1, 60_000],
])('after failure %i with random %d it waits %d ms', (failures, random, ms) => {
  expect(backoffMs(failures, random)).toBe(ms);
});
