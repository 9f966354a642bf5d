import type { CloseReason } from '../base/close-reason.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ClientId, ConversationId, Csrc, PeerId, UserId } from '../base/ids.ts';
import type { LogLevel } from '../base/log.ts';
import type { ChannelReport } from '../channel/types.ts';
import type { LeaveReason } from '../conversation/types.ts';
import type { LineFigures, TransportStage } from '../media/types.ts';
import type { CandidateDrop } from '../sdp/types.ts';

interface EventKind {
  readonly level: LogLevel;
  /** For people, the same for every event of the kind; what differs is in the fields. */
  readonly text: string;
}

const kinds = <Name extends string>(table: Record<Name, EventKind>): Readonly<Record<Name, EventKind>> => table;

/** Every event that is reported, with the level it is logged at. Names are stable: programs go by them. */
export const EVENTS = kinds({
  'server-listening': { level: 'info', text: 'the public listener is open' },
  'listener-exposed': { level: 'warn', text: 'anybody can reach the listener with a claim of his own making' },
  'egress-fell-back': {
    level: 'warn',
    text: 'media leaves through webrtcbin: it is not built as EGRESS=direct needs it',
  },
  'socket-refused': {
    level: 'warn',
    text: 'RTP of a peer has no socket of its own: it comes through webrtcbin, and costs more',
  },
  'limit-short': { level: 'warn', text: 'the system allows less than the limits of this service need' },
  'certificate-loaded': { level: 'info', text: 'the listener has another certificate' },
  'certificate-refused': { level: 'error', text: 'the new certificate cannot be used: the old one stays' },
  'server-draining': { level: 'info', text: 'no new connection is accepted any more' },
  'server-closed': { level: 'info', text: 'everything ended' },

  'request-refused': { level: 'info', text: 'an HTTP request was refused' },
  'socket-closed': { level: 'debug', text: 'a socket was closed' },
  'offer-rejected': { level: 'info', text: 'an offer was not usable, or did not come' },
  'connect-failed': { level: 'info', text: 'a usable offer led to no connection' },

  'peer-opened': { level: 'debug', text: 'a peer has its offer' },
  'candidates-dropped': { level: 'debug', text: 'candidates of a client are not used' },
  'peer-connected': { level: 'info', text: 'a peer is connected' },
  'peer-ended': { level: 'info', text: 'a peer ended' },

  'channel-opened': { level: 'debug', text: 'a client has an events channel' },
  'channel-closed': { level: 'debug', text: 'an events channel ended' },

  'video-limited': { level: 'info', text: 'a receiver on a congested line gets less video' },
  'video-restored': { level: 'info', text: 'a receiver gets all video again' },

  'user-joined': { level: 'info', text: 'a user joined a conversation' },
  'user-left': { level: 'info', text: 'a user left a conversation' },
  'permissions-unanswered': { level: 'warn', text: 'the permission service does not answer: nobody can join' },
  'permissions-answered': { level: 'info', text: 'the permission service answers again' },
  'conversation-opened': { level: 'info', text: 'the first member is in a conversation' },
  'conversation-closed': { level: 'info', text: 'the last member left a conversation' },
  'member-joined': { level: 'debug', text: 'a device is in a conversation' },
  'member-left': { level: 'debug', text: 'a device is out of a conversation' },
  'member-waiting': { level: 'warn', text: 'a device waits for a place in a full conversation' },

  'webhooks-full': { level: 'error', text: 'too many webhooks wait: what happens now is not told' },
  'webhooks-resumed': { level: 'warn', text: 'webhooks are told again' },
  'webhook-expired': { level: 'error', text: 'a webhook was not taken in time and is given up' },

  'recording-started': { level: 'info', text: 'a conversation is recorded' },
  'segment-closed': { level: 'info', text: 'the files of a segment are complete' },
  'recording-finished': { level: 'info', text: 'a recording ended' },
  'recording-failed': { level: 'error', text: 'a recording could not begin, or go on' },
  'recording-trouble': { level: 'warn', text: 'something went wrong with a recording, and it goes on' },
  'recording-measured': { level: 'debug', text: 'a pipeline measured something' },
  'recordings-completed': { level: 'warn', text: 'recordings that an earlier process left were ended' },

  'media-error': { level: 'error', text: 'GStreamer: error' },
  'media-warn': { level: 'warn', text: 'GStreamer: warning' },
  'media-info': { level: 'info', text: 'GStreamer: info' },
  'media-debug': { level: 'debug', text: 'GStreamer: debug' },
  'media-trace': { level: 'trace', text: 'GStreamer: trace' },
  'media-lines-lost': { level: 'warn', text: 'GStreamer logged more than could be taken' },

  'log-lines-lost': { level: 'warn', text: 'nobody read the log for a while, and lines are missing here' },
  fault: { level: 'error', text: 'an error of the server' },
});

export type EventName = keyof typeof EVENTS;

export interface DeviceFields {
  readonly userid: UserId;
  readonly clientid: ClientId;
}

export interface PeerFields extends DeviceFields {
  readonly peer: PeerId;
}

export interface SocketFields extends DeviceFields {
  /** The WebSocket close code. */
  readonly closeCode: number;
  readonly error: ErrorCode | null;
  /** Messages after the offer that were no usable candidate. */
  readonly ignored: number;
}

export interface MemberFields extends PeerFields {
  readonly conversation: ConversationId;
}

export interface RecordingFields {
  readonly recording: string;
  readonly conversation: ConversationId;
}

/** A line of the media plane's own log; how much there is of it, `GST_DEBUG` says. */
export interface MediaFields {
  readonly category: string;
  /** The element or pad it is about; null for none. */
  readonly object: string | null;
  readonly line: string;
}

/** What is said about each event: ids, codes and numbers; never a token, an SDP or a key. */
export interface EventFields {
  readonly 'server-listening': { readonly address: string; readonly admin: string | null };
  readonly 'listener-exposed': { readonly warning: string };
  readonly 'egress-fell-back': { readonly missing: string };
  /** `reason`: what the system said. */
  readonly 'socket-refused': { readonly peer: PeerId; readonly reason: string };
  readonly 'limit-short': {
    readonly limit: string;
    readonly allowed: number;
    readonly needed: number;
    readonly advice: string;
  };
  /** `validTo`: as the certificate has it. */
  readonly 'certificate-loaded': { readonly validTo: string };
  readonly 'certificate-refused': { readonly error: string };
  /** `peers`: those that are connected or about to be. */
  readonly 'server-draining': { readonly peers: number };
  /** `ms`: how long ending everything took. */
  readonly 'server-closed': { readonly ms: number };

  /** `endpoint` is the route, not the path: a path may hold what a client likes. */
  readonly 'request-refused': { readonly endpoint: string; readonly error: ErrorCode; readonly status: number };
  readonly 'socket-closed': SocketFields;
  readonly 'offer-rejected': SocketFields;
  readonly 'connect-failed': SocketFields;

  readonly 'peer-opened': PeerFields & { readonly csrc: Csrc; readonly tracks: number; readonly slots: number };
  readonly 'candidates-dropped': PeerFields & { readonly dropped: Readonly<Partial<Record<CandidateDrop, number>>> };
  /** `replaced`: the connection of the same device whose place this one takes. */
  readonly 'peer-connected': PeerFields & { readonly replaced: PeerId | null };
  /** `detail`: what the media plane said. */
  readonly 'peer-ended': PeerFields & {
    readonly reason: CloseReason;
    readonly error: ErrorCode | null;
    readonly detail: string | null;
    /** How far the connection had come. */
    readonly stage: TransportStage;
  };

  readonly 'channel-opened': PeerFields;
  readonly 'channel-closed': PeerFields & ChannelReport;

  /** `videos`: how many slots may be filled. By what the client said of the last second; null where it said nothing. */
  readonly 'video-limited': PeerFields & LineFigures & { readonly videos: number };
  readonly 'video-restored': PeerFields;

  readonly 'user-joined': { readonly conversation: ConversationId; readonly userid: UserId };
  readonly 'user-left': {
    readonly conversation: ConversationId;
    readonly userid: UserId;
    readonly reason: LeaveReason;
  };
  readonly 'permissions-unanswered': Readonly<Record<string, never>>;
  readonly 'permissions-answered': Readonly<Record<string, never>>;
  readonly 'conversation-opened': { readonly conversation: ConversationId };
  readonly 'conversation-closed': { readonly conversation: ConversationId };
  readonly 'member-joined': MemberFields;
  readonly 'member-left': MemberFields;
  readonly 'member-waiting': MemberFields;

  readonly 'webhooks-full': { readonly waiting: number };
  /** `lost`: what was not told in between. */
  readonly 'webhooks-resumed': { readonly lost: number };
  readonly 'webhook-expired': { readonly conversation: ConversationId };

  readonly 'recording-started': RecordingFields & { readonly pipeline: string; readonly requestedBy: string };
  readonly 'segment-closed': RecordingFields & {
    readonly segment: number;
    /** Of its longest track. */
    readonly durationMs: number;
    readonly files: number;
  };
  /** `interrupted`: by the end of the service; it was completed at the next start. */
  readonly 'recording-finished': RecordingFields & { readonly segments: number; readonly interrupted: boolean };
  /** `recording`: null where it did not get so far. */
  readonly 'recording-failed': {
    readonly recording: string | null;
    readonly conversation: ConversationId;
    readonly detail: string;
  };
  readonly 'recording-trouble': RecordingFields & { readonly detail: string };
  /** `userid`: whose track it is about; null where it is about all. */
  readonly 'recording-measured': RecordingFields & {
    readonly userid: string | null;
    readonly measurement: string;
    readonly values: Readonly<Record<string, unknown>>;
  };
  readonly 'recordings-completed': { readonly count: number };

  readonly 'media-error': MediaFields;
  readonly 'media-warn': MediaFields;
  readonly 'media-info': MediaFields;
  readonly 'media-debug': MediaFields;
  readonly 'media-trace': MediaFields;
  readonly 'media-lines-lost': { readonly count: number };

  readonly 'log-lines-lost': { readonly count: number };
  readonly fault: { readonly error: string; readonly stack: string | null };
}

/** One event, as a sink gets it. */
export type ReportedEvent = {
  readonly [Name in EventName]: { readonly name: Name; readonly fields: EventFields[Name] };
}[EventName];

/** Where events go. Must not wait for anything. */
export type EventSink = (event: ReportedEvent) => void;
