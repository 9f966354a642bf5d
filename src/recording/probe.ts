/** What is in a media file, as a player would find it. */
export interface Probe {
  /** Of the longest stream, from time 0 of the file. */
  readonly durationMs: number;
  readonly streams: readonly ProbedStream[];
  /** What the demuxer or a decoder complained of; empty where all is well. */
  readonly faults: readonly string[];
}

export interface ProbedStream {
  readonly kind: 'audio' | 'video' | 'other';
  /** Packets where nothing was decoded, else pictures or pieces of sound. */
  readonly buffers: number;
  readonly endMs: number;
}

/** Looks into a file. `decode`: every packet is decoded, which takes its time. Rejects where it is no media file. */
export type Prober = (path: string, options: { readonly decode: boolean }) => Promise<Probe>;
