import type { Conditions } from '../support/network/browser-stage.ts';
import { bottleneck, CUT, inTurn, jitter, Loss, narrow, PLAIN, reordering, type Way } from '../support/relay.ts';

/** What somebody gets who hears and sees two others over a bad network; the most that each figure may be. */
export interface Promised {
  /** The part of the sound that was made up, since it did not come in time: 0 to 1. */
  readonly concealed: number;
  /**
   * Picture that stands still, until all is as before, ms; null where pictures are taken away: they stand for as long as the
   * line is bad, and how soon they are back is the limit.
   */
  readonly pauseMs: number | null;
  /** What is let through of the pictures; null: all, and it is never told anything else. */
  readonly fewer: Fewer | null;
  /** From the end of the fault until everybody is heard and seen again, ms. */
  readonly recoveryMs: number;
}

/** Of a line that is too narrow for all: for the sake of the sound. */
export interface Fewer {
  /** From the beginning of the fault until it is told that it gets fewer, ms. */
  readonly withinMs: number;
  /** The part of the others' pictures that comes, once that is found: 0 to 1. */
  readonly share: number;
}

export interface Row {
  readonly fault: string;
  /** Of a relay, to the service and to the client; made anew for each run. */
  readonly network: () => { readonly up: Way; readonly down: Way };
  /** The same, of a kernel. */
  readonly kernel?: Conditions;
  /** How long it is measured, and how long before that the network is so already: what has to be found first. */
  readonly seconds: number;
  readonly settleSeconds?: number;
  /** Bits per second that the two others have to send to it before it begins: so much that the line is too narrow for it. */
  readonly sends?: number;
  /** With pictures that take all the bits that they are let have, in place of the camera of Chromium, of which two are half a Mbit/s. */
  readonly busy?: boolean;
  readonly promised: Promised;
}

const both = (make: () => Way) => () => ({ up: make(), down: make() });
const loss = (share: number) => both(() => new Loss(null, share));
const down = (make: () => Way) => () => ({ up: PLAIN, down: make() });
const far = (): Way => jitter(200, 50);

/** Two seconds of a congested line, and the next look at it with what was told of the last second. */
const FEWER: Fewer = { withinMs: 6_000, share: 0.75 };

/**
 * The table of promises, stated before anything is measured. Everything concerns one client; the others in its
 * conversation have `OTHERS` in every row.
 */
export const ROWS: readonly Row[] = [
  {
    fault: 'none',
    network: both(() => PLAIN),
    seconds: 15,
    promised: { concealed: 0.02, pauseMs: 500, fewer: null, recoveryMs: 2_000 },
  },
  {
    fault: '1 % lost each way',
    network: loss(0.01),
    kernel: { lost: { share: 0.01, ways: 'both' } },
    seconds: 15,
    promised: { concealed: 0.04, pauseMs: 500, fewer: null, recoveryMs: 2_000 },
  },
  {
    fault: '5 % lost each way',
    network: loss(0.05),
    kernel: { lost: { share: 0.05, ways: 'both' } },
    seconds: 15,
    promised: { concealed: 0.08, pauseMs: 700, fewer: null, recoveryMs: 2_000 },
  },
  {
    fault: '10 % lost each way',
    network: loss(0.1),
    kernel: { lost: { share: 0.1, ways: 'both' } },
    seconds: 15,
    promised: { concealed: 0.14, pauseMs: 1_500, fewer: null, recoveryMs: 3_000 },
  },
  {
    fault: '10 % lost on the way to the client alone',
    network: down(() => new Loss(null, 0.1)),
    kernel: { lost: { share: 0.1, ways: 'to the client' } },
    seconds: 15,
    promised: { concealed: 0.14, pauseMs: 1_500, fewer: null, recoveryMs: 3_000 },
  },
  {
    fault: '200 ms each way, give or take 50',
    network: both(far),
    seconds: 15,
    settleSeconds: 5,
    promised: { concealed: 0.08, pauseMs: 700, fewer: null, recoveryMs: 3_000 },
  },
  {
    fault: 'a tenth of all packets 60 ms late',
    network: both(() => reordering(0.1, 60)),
    seconds: 15,
    settleSeconds: 5,
    promised: { concealed: 0.08, pauseMs: 700, fewer: null, recoveryMs: 2_000 },
  },
  {
    fault: '1 Mbit/s to the client, with a queue of 200 ms',
    network: down(() => bottleneck(1_000_000, 200)),
    kernel: { rate: { bitsPerSecond: 1_000_000, queueMs: 200 } },
    busy: true,
    sends: 1_200_000,
    seconds: 15,
    settleSeconds: 10,
    promised: { concealed: 0.08, pauseMs: null, fewer: FEWER, recoveryMs: 30_000 },
  },
  {
    fault: '300 kbit/s to the client, with a queue of 200 ms',
    network: down(() => bottleneck(300_000, 200)),
    kernel: { rate: { bitsPerSecond: 300_000, queueMs: 200 } },
    sends: 400_000,
    seconds: 15,
    settleSeconds: 10,
    promised: { concealed: 0.08, pauseMs: null, fewer: FEWER, recoveryMs: 60_000 },
  },
  {
    fault: 'nothing passes for 5 s',
    network: () => ({ up: CUT, down: CUT }),
    seconds: 5,
    promised: { concealed: 1, pauseMs: 7_000, fewer: null, recoveryMs: 3_000 },
  },
  {
    fault: 'no IP packet above 1280 bytes passes (MTU)',
    network: both(() => narrow(1280)),
    seconds: 15,
    promised: { concealed: 0.02, pauseMs: 500, fewer: null, recoveryMs: 2_000 },
  },
  {
    fault: '5 % lost each way, 200 ms away',
    network: both(() => inTurn(200, new Loss(null, 0.05))),
    seconds: 15,
    settleSeconds: 5,
    promised: { concealed: 0.12, pauseMs: 2_500, fewer: null, recoveryMs: 3_000 },
  },
];

/** Of each of the others, in every row, from before it begins until all is as before. */
export const OTHERS = { lost: { audio: 0, video: 0 }, concealed: 0.03, pauseMs: 1_000 };
