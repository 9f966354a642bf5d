import { ServiceError } from '../base/errors.ts';
import type { ConversationId, UserId } from '../base/ids.ts';
import type { LeaveReason, Permission } from './types.ts';

/** Permission checks at a time, over all users. Each takes at most a few seconds. */
export const MAX_CHECKS = 1000;

/** The checks of one user that run now. */
interface Requests {
  /** Number of the newest request. */
  last: number;
  /** A request up to this number changes nothing any more: it, or one that came after it, was carried out. */
  superseded: number;
  /** A request up to this number is refused whatever its check says: the permission was revoked after it. */
  revoked: number;
  readonly running: Map<number, ConversationId>;
}

/** Where they are carried out. */
export interface JoinTarget {
  join(userid: UserId, conversation: ConversationId): unknown;
  leave(userid: UserId, conversation: ConversationId, reason: LeaveReason): boolean;
  end(conversation: ConversationId): boolean;
}

/**
 * Joins and leaves as they are asked for, each join behind the permission check where there is one.
 *
 * Checks run side by side, so they may end in another order than they were asked for. The outcome is as if each request
 * had been carried out whole before the next one came: the user's last permitted request wins, and a leave ends a join
 * that is still being checked.
 */
export class Joins {
  readonly #target: JoinTarget;
  readonly #permission: Permission | null;
  readonly #requests = new Map<UserId, Requests>();
  #checks = 0;

  /** @param permission null: everybody may join everything. */
  constructor(target: JoinTarget, permission: Permission | null) {
    this.#target = target;
    this.#permission = permission;
  }

  /** Users with a check that runs now. */
  get pendingUsers(): number {
    return this.#requests.size;
  }

  /** Rejects with a ServiceError `permission-denied`, `full` or `conversation-full`; then nothing has changed. */
  async join(userid: UserId, conversation: ConversationId): Promise<void> {
    if (this.#permission === null) {
      this.#target.join(userid, conversation);
      return;
    }
    if (this.#checks >= MAX_CHECKS) throw new ServiceError('full', { detail: 'permission checks', retryAfter: 2 });
    const requests = this.#requests.get(userid) ?? {
      last: 0,
      superseded: 0,
      revoked: 0,
      running: new Map<number, ConversationId>(),
    };
    this.#requests.set(userid, requests);
    const number = ++requests.last;
    requests.running.set(number, conversation);
    const allowed = await this.#check(this.#permission, userid, conversation);
    requests.running.delete(number);
    if (requests.running.size === 0) this.#requests.delete(userid);
    if (!allowed || number <= requests.revoked) throw new ServiceError('permission-denied');
    if (number <= requests.superseded) return;
    this.#target.join(userid, conversation);
    requests.superseded = number;
  }

  /** False where the user is not in this conversation, nor about to be. */
  leave(userid: UserId, conversation: ConversationId): boolean {
    const wasAsking = supersede(this.#requests.get(userid), conversation);
    return this.#target.leave(userid, conversation, 'asked') || wasAsking;
  }

  /** Everybody is out at once, whoever is about to be in it too. False where there is nobody of either kind. */
  end(conversation: ConversationId): boolean {
    const asking = [...this.#requests.values()].filter((requests) => supersede(requests, conversation));
    return this.#target.end(conversation) || asking.length > 0;
  }

  /** The user is out at once, and what is being checked for him in this conversation is refused. */
  revoke(userid: UserId, conversation: ConversationId): void {
    const requests = this.#requests.get(userid);
    if (requests !== undefined) requests.revoked = Math.max(requests.revoked, lastOf(requests, conversation));
    this.#target.leave(userid, conversation, 'denied');
  }

  async #check(permission: Permission, userid: UserId, conversation: ConversationId): Promise<boolean> {
    this.#checks += 1;
    try {
      return (await permission(userid, conversation)) === 'yes';
    } catch {
      return false;
    } finally {
      this.#checks -= 1;
    }
  }
}

/** What is being checked for this conversation changes nothing any more. False where there is nothing. */
const supersede = (requests: Requests | undefined, conversation: ConversationId): boolean => {
  const last = lastOf(requests, conversation);
  if (requests !== undefined) requests.superseded = Math.max(requests.superseded, last);
  return last > 0;
};

/** The newest request for this conversation that is being checked; 0 where there is none. */
const lastOf = (requests: Requests | undefined, conversation: ConversationId): number =>
  Math.max(0, ...[...(requests?.running ?? [])].filter(([, each]) => each === conversation).map(([number]) => number));
