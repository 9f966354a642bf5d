/**
 * Every number of the choice of speakers. docs/speakers.md says why each has its value, and a test compares the two.
 * Times are milliseconds, levels dBov, a frame is one packet of 20 ms.
 */
export const TUNING = {
  /** What one packet is taken to last. */
  frame: 20,
  /** Frames without a packet that are taken for a late packet, not for silence. */
  lateFrames: 3,

  /** The noise floor is never thought to be lower than this. */
  floorMin: -70,
  /** Nor, with the first packet, to be higher than this: whoever comes in talking is heard at once. */
  floorFirst: -50,
  /** dB a second while packets are louder than the floor. */
  floorRise: 4,
  /** dB a packet while packets are quieter than it. */
  floorFall: 2,
  /** dB above the floor from which on a packet may be speech. */
  speechMargin: 12,
  /** Nothing softer is speech. */
  speechMin: -60,
  /** Bytes of payload; no codec says anything in fewer, whatever level is claimed. */
  speechBytes: 12,
  /** Without levels: a payload of this many bytes stands for `floorMin`. */
  sizeBase: 16,
  /** Without levels: dB for each doubling of the payload. */
  sizeDoubling: 24,
  /** Without levels: what a whole tick counts, in packets. */
  sizeWeight: 1.5,
  /** What a packet counts that a client with voice detection marked as no voice, in packets. */
  unvoicedWeight: 0.5,
  /** A client that set its voice bit not longer ago has voice detection. */
  voiceMemory: 30_000,

  /** Loud packets, less the quiet ones between them, that begin a spurt. A cough of 60 ms has 3. */
  confirm: 4,
  /** A spurt goes on with every loud packet that has this many behind it; a click of a keyboard has fewer. */
  sustain: 3,
  /** More loud packets than this are no more certain. */
  runCap: 8,
  /** Silence that ends a spurt. */
  spurtGap: 500,
  /** Louder is not more. */
  loudnessCap: -15,
  /** The loudness of a voice is that of its loud syllables: share of the difference by which softer ones lower it. */
  loudnessFall: 0.01,
  /** A voice that swings less, in dB on average, is no voice ... */
  flatSwing: 2,
  /** ... which is known after this many loud frames. */
  flatFrames: 50,
  /** Nobody speaks longer than this without a pause ... */
  tireless: 12_000,
  /** ... of this many frames. */
  breathFrames: 10,
  /** Loud frames after which it is known that a voice swings. */
  livelyFrames: 20,

  /** Steps above the floor, N1, */
  bands: 13,
  /** of this many dB each. */
  band: 4,
  /** Frames of the medium window, N2. */
  mediumFrames: 15,
  /** Blocks of the long window, N3, */
  longBlocks: 32,
  /** of this many ms each, */
  block: 100,
  /** active with this many active frames of five. */
  blockFrames: 3,
  /** Decay of the scores of non-speech, by window: where a count begins to speak for speech. */
  immediateDecay: 0.78,
  mediumDecay: 0.6,
  longDecay: 0.6,
  /** Thresholds of the comparison, natural logarithms. */
  c1: 3,
  c2: 2,
  c3: 0,

  /** Silence after which somebody is not in the middle of a word. */
  pause: 80,
  /** Whoever begins not earlier than this before the other's last word has waited for his turn. */
  handover: 100,
  /** Silence after which a turn is over, whoever waits. */
  turnOver: 600,
  /** How long it counts how somebody spoke. */
  memory: 10_000,
  /** dB between the loudness of two voices that make one of them softer. */
  softer: 12,
  /** The same for somebody who has not spoken for long: it may be a hum. */
  newcomerSofter: 6,
  /** Active blocks, and the swing of a voice, that it takes to come before a louder one, or at once before a softer one. */
  persistBlocks: 6,
  /** dB below the loudness of anybody who speaks: background. */
  background: 18,
  /** Silence of all who are that much louder, after which it is not. */
  backgroundHold: 1500,
  /** Active blocks that make a voice that swings a speaker, for as long as `memory`. */
  establishedBlocks: 12,
  /** A spurt not older than this may give its place back. */
  young: 1000,
  /** Active blocks that the earlier one must be ahead. */
  reclaimBlocks: 10,

  /** Active blocks until video follows. */
  seenBlocks: 8,
  /** Silence after which video may go to somebody else. */
  seenHold: 2000,
  /** Silence after which somebody is not shown as speaking any more. */
  speakingHold: 800,
  /** dB that somebody must be louder to be shown before another. */
  speakingStep: 6,

  /** Softer than this is inaudible while somebody speaks. */
  inaudible: -60,
  /** As loud as this, noise too covers what is inaudible. */
  masking: -40,
  /** How long noise that can be heard is let through beside a speaker. */
  gateHold: 2000,
  /** dB above the floor that a gate stands. */
  gateMargin: 9,
  /** No gate is higher. */
  gateMax: -30,
  /** dB that a threshold must be off before a standing gate is moved. */
  gateStep: 6,
  /** Silence of everybody after which all gates go. */
  gateRelease: 2000,
} as const;
