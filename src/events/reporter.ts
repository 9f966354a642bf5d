import type { ServiceError } from '../base/errors.ts';
import type { ConversationId, Csrc, PeerId, UserId } from '../base/ids.ts';
import type { ChannelReport } from '../channel/types.ts';
import type { LeaveReason } from '../conversation/types.ts';
import type { LineFigures } from '../media/types.ts';
import type { Device, PeerEnd } from '../peer/types.ts';
import type { OfferPlan } from '../sdp/types.ts';
import type { SessionReport } from '../signalling/types.ts';
import type {
  EventFields,
  EventName,
  EventSink,
  PeerFields,
  RecordingFields,
  ReportedEvent,
  SocketFields,
} from './catalogue.ts';
import { errorStack, errorText } from './error-text.ts';
import { logText } from './log-text.ts';

/** A connection of a device, as far as reports go. */
export interface ReportedPeer extends Device {
  readonly id: PeerId;
}

/** A line of the media plane's own log, as it wrote it. */
export interface ReportedLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly category: string;
  readonly object: string | null;
  readonly text: string;
}

/**
 * The one place that reports events: one function each, named like the event. What reports does not know the sinks, and
 * nothing here ever throws: a report must not harm what it is about.
 */
export class Reporter {
  readonly #sinks: EventSink[];
  #failures = 0;

  constructor(sinks: readonly EventSink[]) {
    this.#sinks = [...sinks];
  }

  /** For a sink that itself reports. */
  addSink(sink: EventSink): void {
    this.#sinks.push(sink);
  }

  /** How often a sink threw. */
  get failures(): number {
    return this.#failures;
  }

  /** @param admin where the admin listener listens; null: nowhere */
  serverListening(address: string, admin: string | null): void {
    this.#report('server-listening', { address, admin });
  }

  listenerExposed(warning: string): void {
    this.#report('listener-exposed', { warning });
  }

  /** @param missing what webrtcbin has not inside */
  egressFellBack(missing: string): void {
    this.#report('egress-fell-back', { missing });
  }

  /** @param reason as the system says it */
  socketRefused(peer: PeerId, reason: string): void {
    this.#report('socket-refused', { peer, reason });
  }

  limitShort(short: EventFields['limit-short']): void {
    this.#report('limit-short', short);
  }

  certificateLoaded(validTo: string): void {
    this.#report('certificate-loaded', { validTo });
  }

  certificateRefused(error: unknown): void {
    this.#report('certificate-refused', { error: errorText(error) });
  }

  serverDraining(peers: number): void {
    this.#report('server-draining', { peers });
  }

  /** @param ms how long ending everything took */
  serverClosed(ms: number): void {
    this.#report('server-closed', { ms });
  }

  /** @param endpoint the route, e.g. `POST /join`; not the path, and never a query */
  requestRefused(endpoint: string, error: ServiceError): void {
    this.#report('request-refused', { endpoint, error: error.code, status: error.status });
  }

  /** Tells a plain end from an offer that was not usable and from a connection that did not come up. */
  socketClosed(report: SessionReport): void {
    const { device, code, error, ignored } = report;
    const { userid, clientid } = device;
    const fields: SocketFields = { userid, clientid, closeCode: code, error, ignored };
    if (error === null) this.#report('socket-closed', fields);
    else if (error.startsWith('offer-')) this.#report('offer-rejected', fields);
    else this.#report('connect-failed', fields);
  }

  peerOpened(
    peer: ReportedPeer & { csrc: Csrc; tracks: readonly unknown[]; slots: readonly unknown[] },
    plan: OfferPlan,
  ): void {
    const { csrc, tracks, slots } = peer;
    this.#report('peer-opened', { ...idsOf(peer), csrc, tracks: tracks.length, slots: slots.length });
    const dropped = plan.droppedCandidates;
    if (Object.keys(dropped).length > 0) this.#report('candidates-dropped', { ...idsOf(peer), dropped });
  }

  peerConnected(peer: ReportedPeer, replaced: PeerId | null): void {
    this.#report('peer-connected', { ...idsOf(peer), replaced });
  }

  peerEnded(peer: ReportedPeer, { reason, error, detail, stage }: PeerEnd): void {
    const said = detail === null ? null : errorText(detail);
    this.#report('peer-ended', { ...idsOf(peer), reason, error: error?.code ?? null, detail: said, stage });
  }

  channelOpened(peer: ReportedPeer): void {
    this.#report('channel-opened', idsOf(peer));
  }

  channelClosed(peer: ReportedPeer, { ignored, limited }: ChannelReport): void {
    this.#report('channel-closed', { ...idsOf(peer), ignored, limited });
  }

  /** @param videos how many slots may be filled */
  videoLimited(peer: ReportedPeer, videos: number, { loss, queueMs }: LineFigures): void {
    this.#report('video-limited', { ...idsOf(peer), videos, loss, queueMs });
  }

  videoRestored(peer: ReportedPeer): void {
    this.#report('video-restored', idsOf(peer));
  }

  userJoined(conversation: ConversationId, userid: UserId): void {
    this.#report('user-joined', { conversation, userid });
  }

  userLeft(conversation: ConversationId, userid: UserId, reason: LeaveReason): void {
    this.#report('user-left', { conversation, userid, reason });
  }

  permissionsUnanswered(): void {
    this.#report('permissions-unanswered', {});
  }

  permissionsAnswered(): void {
    this.#report('permissions-answered', {});
  }

  conversationOpened(conversation: ConversationId): void {
    this.#report('conversation-opened', { conversation });
  }

  conversationClosed(conversation: ConversationId): void {
    this.#report('conversation-closed', { conversation });
  }

  memberJoined(conversation: ConversationId, member: ReportedPeer): void {
    this.#report('member-joined', { conversation, ...idsOf(member) });
  }

  memberLeft(conversation: ConversationId, member: ReportedPeer): void {
    this.#report('member-left', { conversation, ...idsOf(member) });
  }

  memberWaiting(conversation: ConversationId, member: ReportedPeer): void {
    this.#report('member-waiting', { conversation, ...idsOf(member) });
  }

  webhooksFull(waiting: number): void {
    this.#report('webhooks-full', { waiting });
  }

  webhooksResumed(lost: number): void {
    this.#report('webhooks-resumed', { lost });
  }

  webhookExpired(conversation: ConversationId): void {
    this.#report('webhook-expired', { conversation });
  }

  recordingStarted(name: RecordingFields, pipeline: string, requestedBy: string): void {
    this.#report('recording-started', { ...name, pipeline, requestedBy });
  }

  /** @param durationMs of its longest track */
  segmentClosed(name: RecordingFields, segment: number, durationMs: number, files: number): void {
    this.#report('segment-closed', { ...name, segment, durationMs, files });
  }

  recordingFinished(name: RecordingFields, segments: number, interrupted: boolean): void {
    this.#report('recording-finished', { ...name, segments, interrupted });
  }

  /** @param name `recording` is null where it did not get so far */
  recordingFailed(name: Pick<EventFields['recording-failed'], 'recording' | 'conversation'>, detail: string): void {
    this.#report('recording-failed', { ...name, detail: errorText(detail) });
  }

  recordingTrouble(name: RecordingFields, detail: string): void {
    this.#report('recording-trouble', { ...name, detail: errorText(detail) });
  }

  /** @param userid whose track it is about; null: all */
  recordingMeasured(
    name: RecordingFields,
    userid: string | null,
    measurement: string,
    values: Readonly<Record<string, unknown>>,
  ): void {
    this.#report('recording-measured', { ...name, userid, measurement, values });
  }

  recordingsCompleted(count: number): void {
    this.#report('recordings-completed', { count });
  }

  mediaLine({ level, category, object, text }: ReportedLine): void {
    this.#report(`media-${level}`, { category, object, line: logText(text) });
  }

  mediaLinesLost(count: number): void {
    this.#report('media-lines-lost', { count });
  }

  /** Of our own log, which somebody reads again. */
  logLinesLost(count: number): void {
    this.#report('log-lines-lost', { count });
  }

  /** Something that should not have happened: a bug, or a media plane that failed. */
  fault(error: unknown): void {
    this.#report('fault', { error: errorText(error), stack: errorStack(error) });
  }

  #report<Name extends EventName>(name: Name, fields: EventFields[Name]): void {
    // TypeScript does not see that a name and its own fields are one member of the union.
    const event = { name, fields } as ReportedEvent;
    for (const sink of this.#sinks) {
      try {
        sink(event);
      } catch {
        this.#failures += 1;
      }
    }
  }
}

/** Reports to nobody. */
export const nullReporter = (): Reporter => new Reporter([]);

const idsOf = ({ id, userid, clientid }: ReportedPeer): PeerFields => ({ peer: id, userid, clientid });
