// The public interface: what `connect` takes, what a call is, and what each of its events carries.

export type Kind = 'audio' | 'video';

export interface Options {
  /** Where the service is, as its proxy offers it: `https://voice.example.org`, or a path such as `/`. */
  readonly url: string;
  /** The bearer token, or what gets one; it is asked again for each connection and each join. */
  readonly token: string | (() => string | Promise<string>);
  /**
   * What is published. `true` and constraints: the microphone is asked for, and stopped by `close`. A track: it is the
   * caller's to stop. `false`, the default: nothing, until `replaceTrack`.
   */
  readonly audio?: boolean | MediaTrackConstraints | MediaStreamTrack;
  /** The same, of the camera. */
  readonly video?: boolean | MediaTrackConstraints | MediaStreamTrack;
  /** How many are heard and seen at once; 8 and 4 where it is left out. It cannot change later. */
  readonly slots?: { readonly audio: number; readonly video: number };
  /**
   * What the device is called, `web` where it is left out. A suffix is added that tells the tabs of a browser apart: two
   * connections of one device replace each other. It is sent as `?device=`; null where the token names the device.
   */
  readonly device?: string | null;
  /** STUN and TURN servers; none are needed where the service has a public address. */
  readonly iceServers?: readonly RTCIceServer[];
  /** false: does without the events channel. Then nobody has a name, and who is silent and unseen is not known. */
  readonly events?: boolean;
}

/** A device in the conversation. A value: a change brings a new one, but always with the same `stream`. */
export interface Participant {
  /** Tells participants apart, over reconnects too: `self` for oneself, an opaque text without spaces for others. */
  readonly id: string;
  /** null without the events channel. */
  readonly userid: string | null;
  readonly clientid: string | null;
  /** What his packets carry; another one when the service was started anew. null: oneself, without the events channel. */
  readonly csrc: number | null;
  readonly self: boolean;
  /**
   * What is heard and seen of him now: at most one audio and one video track, added and removed as he gets and loses a
   * slot. The same object for as long as he is here, so an element keeps it as `srcObject`. Of oneself: what is published.
   * `Call.play` gives it to an element when it has a first track: Chromium plays nothing of one that was empty before.
   */
  readonly stream: MediaStream;
  readonly speaking: boolean;
  /** He has said that his microphone is off, or he publishes no audio. Of others known by the events channel only. */
  readonly muted: boolean;
  /** What he publishes, in a slot of ours or not. No `video`: show no picture. */
  readonly kinds: readonly Kind[];
  /** Which kinds play in `stream` now. */
  readonly playing: readonly Kind[];
  readonly pinned: boolean;
  /** Of oneself the whole connection; of others what arrives of them; null where nothing does. */
  readonly quality: Quality | null;
}

export type Quality = 'good' | 'fair' | 'poor';

/** Why a connection is being replaced. */
export type Loss =
  /** Nothing came from the service for 2.5 s; without the events channel, 5 s. */
  | 'silent'
  /** ICE or DTLS failed or was closed. */
  | 'failed'
  /** The service said that it goes away. */
  | 'shutdown';

export type CallState =
  | { readonly state: 'connected' }
  /** `attempt` counts from 1; `retryAt` is when the next one begins, in ms as of `Date.now()`. */
  | { readonly state: 'reconnecting'; readonly why: Loss; readonly attempt: number; readonly retryAt: number }
  /** The end. `error` is null after `close()`; `replaced` and `removed` come here. */
  | { readonly state: 'closed'; readonly error: CallError | null };

/** What can go wrong; README.md says when. */
export type ErrorCode =
  // Before anything is sent
  | 'unsupported'
  | 'insecure-context'
  | 'denied'
  | 'no-microphone'
  | 'no-camera'
  | 'device-busy'
  // What the service says
  | 'refused'
  | 'full'
  | 'offer-refused'
  | 'not-permitted'
  | 'replaced'
  | 'removed'
  | 'pin-refused'
  // The way to it
  | 'unreachable'
  | 'media-failed'
  // The caller
  | 'closed';

/** An error that can be shown: `message` says what is wrong, `remedy` what a user can do. */
export interface CallError extends Error {
  readonly name: 'CallError';
  readonly code: ErrorCode;
  readonly remedy: string;
  /** Seconds; null where the service did not say. */
  readonly retryAfter: number | null;
  /** What the service said, for a log; empty where it said nothing. */
  readonly detail: string;
}

/** Of `participants`: everybody, and what is new since the event before. Oneself is the first of `all`. */
export interface ParticipantsChange {
  readonly all: readonly Participant[];
  readonly joined: readonly Participant[];
  /** As they were last. */
  readonly left: readonly Participant[];
  /** Those who were here before and are different now: speaking, muted, kinds, playing, pinned, quality. */
  readonly changed: readonly Participant[];
}

/** What an event carries. Each says how things are now; a listener that comes late reads the same from the call. */
export interface CallEvents {
  readonly state: CallState;
  readonly participants: ParticipantsChange;
  /** The conversation that one is in, as the service says or, without the events channel, as it was joined. */
  readonly conversation: string | null;
  /** Whether the conversation is recorded. */
  readonly recording: boolean;
  /** Each second, while connected. */
  readonly stats: Stats;
  /** The browser lets nothing play without a gesture: show a button that calls `resume()`. */
  readonly playback: { readonly blocked: boolean };
  /** Something that was asked for did not succeed, and nobody awaits it: a pin, the join after a restart. */
  readonly error: CallError;
}

/** The last second. Times in ms, rates in bit/s, loss and levels from 0 to 1. */
export interface Stats {
  /** ms, as of `Date.now()`. */
  readonly at: number;
  readonly rtt: number | null;
  readonly quality: Quality;
  readonly sent: Flow;
  readonly received: Flow;
  readonly tracks: readonly TrackStats[];
  readonly slots: readonly SlotStats[];
}

export interface Flow {
  readonly bitrate: number;
  /** null where nothing was sent, or the other side has not reported. */
  readonly loss: number | null;
}

/** A track that is published. */
export interface TrackStats extends Flow {
  readonly kind: Kind;
  /** Of the sound; null for video. */
  readonly level: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
}

/** A slot, and who is in it. */
export interface SlotStats extends TrackStats {
  readonly mid: string;
  /** The n-th slot of its kind. */
  readonly index: number;
  /** `id` of a participant; null where the slot is empty. */
  readonly participant: string | null;
  /** Of the buffer, ms. */
  readonly jitter: number | null;
}

export interface Call {
  readonly state: CallState;
  /** Oneself first, then those who are longest in the conversation. */
  readonly participants: readonly Participant[];
  readonly conversation: string | null;
  readonly recording: boolean;
  readonly muted: boolean;
  /** null in the first second. */
  readonly stats: Stats | null;

  /** Calls `listener` at each event of this name, until the function that it returns is called. */
  on<Name extends keyof CallEvents>(name: Name, listener: (event: CallEvents[Name]) => void): () => void;

  /** Enters a conversation, and enters it again when the service was started anew. Rejects with a CallError. */
  join(conversation: string): Promise<void>;
  /** Leaves it, with all devices of the user; stays connected. */
  leave(): Promise<void>;

  /** The microphone off (`true`) or on, at once: `enabled` of the track that is published, and of those that follow it. */
  mute(on: boolean): void;
  /**
   * Publishes another track: another microphone, a screen instead of the camera. null publishes nothing of this kind; the
   * camera that was asked for is then off. Where it was nothing before, or is nothing now, the connection is renewed: the
   * old one goes on until the new one is up.
   */
  replaceTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void>;
  /** Keeps somebody in a slot (sound and picture), or lets go of him. A wish: it holds over reconnects. */
  pin(participant: Participant, on: boolean): void;

  /** Plays somebody in an element; oneself without sound. Ends when the function that it returns is called. */
  play(participant: Participant, element: HTMLMediaElement): () => void;
  /** Plays what the browser did not let play; to be called in a click or a key press. */
  resume(): Promise<void>;

  /** Ends the connection and stops the devices that were asked for. Does not leave: the user may be here elsewhere. */
  close(): void;
}
