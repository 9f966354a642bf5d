import { delayOf } from './core/backoff.ts';
import { asCallError, CallError, isFinal } from './core/errors.ts';
import { CHECK_MS, connectedAt, isSilent, onCheck, onMessage, onPackets, onSuspicion } from './core/liveness.ts';
import type { Message } from './core/messages.ts';
import { Emitter } from './emitter.ts';
import type { Link } from './link.ts';
import { Probes } from './probes.ts';
import type { CallState, Loss } from './types.ts';

/** How long a connection that was replaced stays, so that what it shows last is seen until the new one has a picture. */
export const RETIRE_MS = 1_500;

export interface LinePorts {
  readonly open: (signal: AbortSignal) => Promise<Link>;
  /** See `Service`. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

type LineEvents = {
  state: CallState;
  /** There is another link. `lost`: the one before was; else it was replaced as was asked for. */
  link: { readonly lost: boolean };
  message: Message;
};

/** A connection that comes back: one link at a time, and another one when that is lost. */
export class Line {
  readonly events = new Emitter<LineEvents>();
  readonly #ports: LinePorts;
  #link: Link;
  #state: CallState = { state: 'connected' };
  #signs = connectedAt(performance.now());
  /** Ends the attempts to connect again. */
  #attempts: AbortController | null = null;
  /** A link is being made, so the one that there is may be told that it is replaced: by ourselves. */
  #opening = false;
  /** What happened to the link while another one was being made. */
  #meanwhile: Loss | 'replaced' | null = null;
  #endPause: () => void = () => undefined;
  readonly #probes: Probes;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #unlisten: () => void;

  constructor(link: Link, ports: LinePorts) {
    this.#ports = ports;
    this.#probes = new Probes(ports.probe);
    this.#link = link;
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#unlisten = this.#listenToTheNetwork();
  }

  /** To be called once, when everybody listens. */
  start(): void {
    this.#follow(this.#link);
  }

  get link(): Link {
    return this.#link;
  }

  get state(): CallState {
    return this.#state;
  }

  /** The counters of the link have grown. */
  sawPackets(): void {
    this.#signs = onPackets(this.#signs, performance.now());
  }

  /** Resolves when it is connected; rejects when it is closed. */
  async connected(): Promise<void> {
    while (this.#state.state === 'reconnecting') {
      await new Promise<void>((resolve) => {
        const off = this.events.on('state', () => {
          off();
          resolve();
        });
      });
    }
    if (this.#state.state === 'closed') throw this.#state.error ?? new CallError('closed');
  }

  /** Makes another link in place of one that works. Not to be called twice at once. */
  async renew(): Promise<void> {
    this.#attempts = new AbortController();
    try {
      this.#adopt(await this.#open(this.#attempts.signal), false);
    } catch (error) {
      const meanwhile = this.#meanwhile;
      this.#meanwhile = null;
      if (meanwhile === 'replaced') this.close(new CallError('replaced'));
      else if (meanwhile !== null) this.#lose(meanwhile);
      throw error;
    }
  }

  close(error: CallError | null): void {
    if (this.#state.state === 'closed') return;
    clearInterval(this.#timer);
    this.#unlisten();
    this.#attempts?.abort();
    this.#endPause();
    this.#link.close();
    this.#become({ state: 'closed', error });
  }

  #become(state: CallState): void {
    this.#state = state;
    this.events.emit('state', state);
  }

  #follow(link: Link): void {
    link.listen({
      onMessage: (message) => (link === this.#link ? this.#receive(message) : undefined),
      onDown: () => (link === this.#link ? this.#lose('failed') : undefined),
    });
  }

  #receive(message: Message): void {
    if (this.#state.state === 'closed') return;
    this.#signs = onMessage(this.#signs, performance.now());
    this.events.emit('message', message);
    if (message.type === 'bye') this.#dismissed(message.reason);
    // What was silent speaks again, and nothing was begun that would end it.
    else if (this.#state.state === 'reconnecting' && this.#state.why === 'silent' && !this.#opening) {
      this.#attempts?.abort();
      this.#endPause();
      this.#become({ state: 'connected' });
    }
  }

  #dismissed(reason: string): void {
    if (reason === 'shutdown') this.#lose('shutdown');
    else if (reason === 'replaced' && this.#opening) this.#meanwhile = 'replaced';
    else this.close(new CallError(reason === 'replaced' ? 'replaced' : 'removed'));
  }

  #check(): void {
    const now = performance.now();
    this.#signs = onCheck(this.#signs, now);
    if (isSilent(this.#signs, now)) this.#lose('silent');
  }

  /** Only the first loss of a link counts. */
  #lose(why: Loss): void {
    if (this.#state.state !== 'connected') return;
    if (this.#opening) this.#meanwhile ??= why;
    else void this.#reconnect(why);
  }

  async #reconnect(why: Loss): Promise<void> {
    const attempts = new AbortController();
    const { signal } = attempts;
    const isOver = (): boolean => signal.aborted;
    this.#attempts = attempts;
    const lostAt = performance.now();
    let retryAfter: number | null = null;
    for (let attempt = 1; !isOver(); attempt += 1) {
      const elapsed = performance.now() - lostAt;
      const wait = delayOf({ why, attempt, elapsed, retryAfter, random: Math.random() });
      this.#become({ state: 'reconnecting', why, attempt, retryAt: Date.now() + wait });
      await this.#pause(wait);
      try {
        if (!isOver()) await this.#probes.look(signal);
        if (!isOver()) this.#adopt(await this.#open(signal), true);
        return;
      } catch (error) {
        if (isOver()) return;
        const reason = this.#meanwhile === 'replaced' ? new CallError('replaced') : asCallError(error, 'unreachable');
        if (isFinal(reason)) this.close(reason);
        ({ retryAfter } = reason);
      }
    }
  }

  async #open(signal: AbortSignal): Promise<Link> {
    this.#opening = true;
    this.#meanwhile = null;
    try {
      const link = await this.#ports.open(signal);
      if (!signal.aborted) return link;
      link.close();
      throw new CallError('closed');
    } finally {
      this.#opening = false;
    }
  }

  #adopt(link: Link, lost: boolean): void {
    const old = this.#link;
    setTimeout(() => old.close(), RETIRE_MS);
    this.#link = link;
    this.#meanwhile = null;
    this.#signs = connectedAt(performance.now());
    this.events.emit('link', { lost });
    this.#follow(link);
    if (this.#state.state !== 'connected') this.#become({ state: 'connected' });
  }

  /** Ends early when the network comes back. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #listenToTheNetwork(): () => void {
    const changed = (): void => {
      this.#signs = onSuspicion(this.#signs, performance.now());
      this.#endPause();
    };
    // `change` tells of estimates as well; another kind of network is another way.
    const { connection } = navigator as { connection?: EventTarget & { readonly type?: string } };
    let type = connection?.type;
    const switched = (): void => {
      if (connection?.type !== type) changed();
      type = connection?.type;
    };
    const leave = ({ persisted }: PageTransitionEvent): void => {
      if (!persisted) this.close(null);
    };
    addEventListener('online', changed);
    addEventListener('pagehide', leave);
    connection?.addEventListener('change', switched);
    return () => {
      removeEventListener('online', changed);
      removeEventListener('pagehide', leave);
      connection?.removeEventListener('change', switched);
    };
  }
}
