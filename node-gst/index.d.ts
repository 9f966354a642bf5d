/**
 * node-gst: GStreamer for Node.js.
 *
 * Two halves, and their connection to other processes (`tap.d.ts`). The generic one wraps any GObject: properties, signals, action signals, promises, pads, state, bus.
 * The media half (`media.d.ts`) forwards RTP between webrtcbins natively; packets never enter JavaScript.
 *
 * No native thread ever waits for JavaScript. Everything that can block runs on the libuv thread pool.
 */
export * from './media';
export * from './tap';

/** Initialises GStreamer once per process; returns its version line, e.g. `GStreamer 1.22.0`. */
export function init(): string;

/** True where an element of this name can be made; plugins are loaded by it. */
export function hasElement(factory: string): boolean;

/** A new, empty GstPipeline on the system clock with base time 0, so that all pipelines of a process share one running time. */
export function pipeline(name?: string): GstObject;
/** Throws `GstError` where there is no such element. */
export function make(factory: string, name?: string): GstObject;
/** Parses a gst-launch description into a pipeline (system clock, base time 0). Throws `GstError` with GStreamer's own words. */
export function parseLaunch(description: string): GstObject;
export function parseBin(description: string): GstObject;

/** What is alive natively in this environment; everything is 0 again after all was disposed. */
export function counters(): { objects: number; callbacks: number; promises: number; pipelines: number };

/**
 * Resolves when what was disposed of before is freed: that is done off the JS thread, for it may join threads. What has
 * another wrapper, or is held by GStreamer itself, is not waited for.
 */
export function freed(): Promise<void>;

/**
 * Gives memory that malloc holds and nobody uses back to the system, where the C library is glibc. It takes some ms for each
 * ten MB, and threads that allocate meanwhile wait.
 */
export function trimMemory(): void;

/** A line of GStreamer's own log. */
export interface LogLine {
  readonly level: 'error' | 'warning' | 'fixme' | 'info' | 'debug' | 'trace';
  readonly category: string;
  /** Name of the element, or of element and pad; empty where the line is about none. */
  readonly object: string;
  /** At most 2000 bytes. */
  readonly text: string;
}

/**
 * Brings GStreamer's own log, as much of it as `GST_DEBUG` asks for, in batches; null ends that. One listener in a
 * process. From the first call on GStreamer writes to standard error no more; with `GST_DEBUG_FILE` it goes on writing
 * there. At most 1000 lines wait, those beyond are `lost`; no thread of GStreamer waits for JavaScript.
 */
export function onLog(listener: ((lines: readonly LogLine[], lost: number) => void) | null): void;

export interface Sdp {
  readonly type: 'offer' | 'answer' | 'pranswer' | 'rollback';
  readonly sdp: string;
}

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Sdp
  | GstObject
  | readonly Value[]
  | { readonly [field: string]: Value };

export type ElementState = 'NULL' | 'READY' | 'PAUSED' | 'PLAYING';

/** A promise of GStreamer was answered with an error, an element could not be made, a state change failed. */
export class GstError extends Error {
  readonly domain: string;
  readonly code: number;
}

export interface BusMessage {
  readonly type: string;
  /** Name of the object that posted it. */
  readonly source: string;
  /** For errors and warnings their text and debug text, otherwise the structure as text. */
  readonly text: string;
}

export interface SignalOptions {
  /** For `pad-added`: natively block data, and the end of it, on the new pad until `unblock()` is called on it. */
  readonly block?: boolean;
  /**
   * For `pad-added`: natively drop everything that arrives on new src pads, so that an unlinked pad never answers
   * `not-linked`. Then no callback is needed.
   */
  readonly drain?: boolean;
  /** Signals to connect natively on the first object argument, inside the emission, so that none is missed. */
  readonly tap?: readonly (string | TapSignal)[];
  /** Gets the tapped signals: their name, the object that emitted, and their arguments. */
  readonly onTap?: (signal: string, object: GstObject, ...args: Value[]) => void;
}

/**
 * A tapped signal with limits, for what somebody else decides how often it comes. What is beyond one is dropped where it
 * is emitted, before anything is copied or queued, and counted by `tapDropped()`. Each is a positive integer.
 */
export interface TapSignal {
  readonly signal: string;
  /** Bytes that a string argument may have. */
  readonly maxLength?: number;
  /** Calls that may wait for JavaScript, or be under way in it. */
  readonly maxPending?: number;
  /** Calls per second; after a second without any so many may come at once. */
  readonly perSecond?: number;
}

/**
 * Any GObject. The wrapper holds one reference; `dispose()` gives it back at once and every later call throws.
 * Two wrappers of the same object compare by `id`.
 */
export interface GstObject {
  /** GType name, e.g. `GstWebRTCBin`. */
  readonly type: string;
  /** Object name; empty for objects that have none. */
  readonly name: string;
  readonly id: string;

  /** Reads a property; enums come as nick, caps and structures as text or object, unknown types throw. */
  get(property: string): Value;
  /** Writes a property, converted by its GParamSpec. Throws `TypeError` naming property, type and value. */
  set(property: string, value: Value): this;
  /** Emits an action signal, arguments converted by its query. */
  emit(signal: string, ...args: Value[]): Value;
  /** Emits an action signal whose last argument is a GstPromise; resolves with the reply's fields, or null. */
  emitPromise(signal: string, ...args: Value[]): Promise<{ readonly [field: string]: Value } | null>;
  /** Returns an id for `off`. For `notify::x` the callback gets the value the property had in the emission. */
  on(signal: string, callback: ((...args: Value[]) => void) | null, options?: SignalOptions): number;
  /** Without an id every callback of this wrapper. Takes effect at once, also for emissions already queued. */
  off(id?: number): void;
  /** Calls that the limits of the taps on this wrapper have dropped. */
  tapDropped(): number;
  dispose(): void;

  /** Runs on the thread pool, strictly in order per object; resolves with the state reached. */
  setState(state: ElementState): Promise<string>;
  syncStateWithParent(): boolean;
  add(...elements: GstObject[]): this;
  remove(...elements: GstObject[]): this;
  byName(name: string): GstObject | null;
  /**
   * A bin, with everything in it, as a graph in the language of Graphviz: elements, their states, pads and links. Neither
   * caps in full nor properties of elements, so no key is in it.
   */
  toDot(): string;
  link(destination: GstObject, caps?: string): GstObject;
  unlink(destination: GstObject): this;
  linkPads(sourcePad: string, destination: GstObject, sinkPad: string): this;
  staticPad(name: string): GstObject | null;
  requestPad(template: string, name?: string, caps?: string): GstObject | null;
  releasePad(pad: GstObject): this;
  pads(): GstObject[];
  /** Current caps of a pad as text. */
  caps(): string | null;
  /** Removes the block that `pad-added` with `block` put on this pad; false where there was none. */
  unblock(): boolean;
  /**
   * Messages are copied natively and dropped from the bus; a `latency` message makes the bin recalculate on the pool.
   * With `types` (`error`, `eos`, `state-changed`, …) others are not even copied.
   */
  onBus(callback: (message: BusMessage) => void, types?: readonly string[]): number;
  offBus(id: number): void;
}
