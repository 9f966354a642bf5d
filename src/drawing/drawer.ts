import { Worker } from 'node:worker_threads';
import { ServiceError } from '../base/errors.ts';
import { withoutAddresses } from './graph-text.ts';

export interface DrawerOptions {
  /** The built program of the worker; by default our own. */
  readonly program?: URL;
  readonly timeoutMs?: number;
}

/** The built program: `src/` is not for running. */
const PROGRAM = new URL('./worker.js', import.meta.url);
/** A pipeline with a hundred sections takes some seconds. */
const TIMEOUT_MS = 20_000;
const MAX_MEMORY_MB = 256;
const RETRY_AFTER_SECONDS = 5;

/** Draws graphs in the language of Graphviz as SVG, one at a time. Nothing of it is there while nothing is drawn. */
export class Drawer {
  readonly #program: URL;
  readonly #timeoutMs: number;
  #worker: Worker | null = null;

  constructor({ program = PROGRAM, timeoutMs = TIMEOUT_MS }: DrawerOptions = {}) {
    this.#program = program;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with a ServiceError `admin-busy` while another is drawn, and for one that takes too long. */
  async draw(graph: string): Promise<string> {
    if (this.#worker !== null) throw busy('a picture is drawn');
    const worker = new Worker(this.#program, {
      workerData: withoutAddresses(graph),
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
      env: {},
    });
    this.#worker = worker;
    const timer = setTimeout(() => void worker.terminate(), this.#timeoutMs);
    try {
      return await new Promise<string>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', () => reject(busy('the picture takes too long')));
      });
    } finally {
      clearTimeout(timer);
      await worker.terminate();
      this.#worker = null;
    }
  }

  /** Gives up what is being drawn. Idempotent. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}

const busy = (detail: string): ServiceError =>
  new ServiceError('admin-busy', { detail, retryAfter: RETRY_AFTER_SECONDS });
