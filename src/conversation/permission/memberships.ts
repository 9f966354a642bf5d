import type { Clock, Timer } from '../../base/clock.ts';
import type { ConversationId, PeerId, UserId } from '../../base/ids.ts';
import type { Registry } from '../registry.ts';
import type { LeaveReason, Member, Permission, Verdict } from '../types.ts';
import { forEachOf } from './for-each-of.ts';

export interface MembershipsOptions {
  readonly registry: Registry;
  readonly permission: Permission;
  readonly recheckMs: number;
  /** How long a membership outlives the last yes where the service tells nothing. */
  readonly graceMs: number;
  readonly clock: Clock;
}

/** Re-checks at a time: those who join must not wait behind those who are there. */
export const MAX_RECHECKS = 16;
/** A device that waits for a yes is asked for again after this time. */
export const HELD_RETRY_MS = 2_000;

interface Yes {
  readonly at: number;
}

/**
 * Stands in front of the registry where a permission service decides who may be in a conversation, and asks it again:
 * every `recheckMs` for whoever is connected, and for a device that connects after its user has joined. Until there is
 * a yes the registry does not know that device, so it hears nobody and nobody hears it.
 *
 * A no ends the membership. No answer keeps it for `graceMs` after the last yes.
 */
export class Memberships {
  readonly #options: MembershipsOptions;
  /** The last yes for the conversation a user is in; a new object each time. */
  readonly #yes = new Map<UserId, Yes>();
  /** Connected devices. Those of the inner map wait for a yes. */
  readonly #devices = new Map<PeerId, Member>();
  readonly #held = new Map<UserId, Map<PeerId, Member>>();
  readonly #checking = new Set<UserId>();
  readonly #retrying = new Set<UserId>();
  readonly #timers = new Set<Timer>();
  #isSweeping = false;
  #isClosed = false;

  constructor(options: MembershipsOptions) {
    this.#options = options;
    options.registry.events.on('user-left', (_, userid) => {
      this.#yes.delete(userid);
      // He is in no conversation now, or about to be in another that he may be in. The registry is in the middle of things.
      queueMicrotask(() => this.#release(userid));
    });
    this.#later(options.recheckMs, () => void this.#sweep());
  }

  /** Of a user who may. Throws as `Registry.join`. */
  join(userid: UserId, conversation: ConversationId): boolean {
    const { registry, clock } = this.#options;
    const isNew = registry.join(userid, conversation);
    this.#yes.set(userid, { at: clock.now() });
    this.#release(userid);
    return isNew;
  }

  leave(userid: UserId, conversation: ConversationId, reason: LeaveReason): boolean {
    return this.#options.registry.leave(userid, conversation, reason);
  }

  end(conversation: ConversationId): boolean {
    return this.#options.registry.end(conversation);
  }

  deviceConnected(member: Member): void {
    const { userid } = member;
    this.#devices.set(member.id, member);
    if (this.#options.registry.conversationOf(userid) === null) {
      this.#options.registry.deviceConnected(member);
      return;
    }
    const held = this.#held.get(userid) ?? new Map<PeerId, Member>();
    this.#held.set(userid, held.set(member.id, member));
    void this.#check(userid);
  }

  /** What takes the place of a member is no new device. */
  deviceReplaced(old: Member, next: Member): void {
    const wasHeld = this.#forget(old);
    if (wasHeld) {
      this.deviceConnected(next);
      return;
    }
    this.#devices.set(next.id, next);
    this.#options.registry.deviceReplaced(old, next);
  }

  deviceGone(member: Member): void {
    if (!this.#forget(member)) this.#options.registry.deviceGone(member);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#held.clear();
    this.#yes.clear();
  }

  /** Where one takes longer than the time between two, the next is left out. */
  async #sweep(): Promise<void> {
    this.#later(this.#options.recheckMs, () => void this.#sweep());
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const users = new Set([...this.#devices.values()].map(({ userid }) => userid));
    await forEachOf(users, MAX_RECHECKS, (userid) => this.#check(userid));
    this.#isSweeping = false;
  }

  async #check(userid: UserId): Promise<void> {
    const { registry, permission, clock } = this.#options;
    const conversation = registry.conversationOf(userid);
    if (this.#isClosed || conversation === null || this.#checking.has(userid)) return;
    this.#checking.add(userid);
    const [askedAt, before] = [clock.now(), this.#yes.get(userid)];
    const verdict = await permission(userid, conversation).catch((): Verdict => 'unknown');
    this.#checking.delete(userid);
    // While it was asked he left, moved, or was let in anew: what it says is of yesterday.
    if (before === undefined || this.#yes.get(userid) !== before) return;
    switch (verdict) {
      case 'yes':
        this.#yes.set(userid, { at: askedAt });
        this.#release(userid);
        return;
      case 'no':
        registry.leave(userid, conversation, 'denied');
        return;
      case 'unknown':
        if (clock.now() - before.at >= this.#options.graceMs) registry.leave(userid, conversation, 'denied');
        else if (this.#held.has(userid)) this.#retry(userid);
        return;
      default:
        verdict satisfies never;
    }
  }

  #retry(userid: UserId): void {
    if (this.#retrying.has(userid)) return;
    this.#retrying.add(userid);
    this.#later(HELD_RETRY_MS, () => {
      this.#retrying.delete(userid);
      void this.#check(userid);
    });
  }

  /** Hands the devices that waited to the registry. */
  #release(userid: UserId): void {
    const held = this.#held.get(userid);
    this.#held.delete(userid);
    for (const member of held?.values() ?? []) this.#options.registry.deviceConnected(member);
  }

  /** True where the device was waiting, so that the registry does not know it. */
  #forget(member: Member): boolean {
    this.#devices.delete(member.id);
    const held = this.#held.get(member.userid);
    const wasHeld = held?.delete(member.id) === true;
    if (held?.size === 0) this.#held.delete(member.userid);
    return wasHeld;
  }

  #later(delay: number, callback: () => void): void {
    if (this.#isClosed) return;
    const timer = this.#options.clock.after(delay, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
  }
}
