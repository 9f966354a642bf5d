import type { PeerView } from './peer-view.ts';

/** What is known while somebody acts. */
export interface Seen {
  readonly before: PeerView;
  readonly now: PeerView;
  readonly egress: string;
  /** What his reports say of his jitter, ms. Nobody else says it, and not before. */
  readonly mark: number;
  /** What he was told in the events channel since he began. */
  readonly told: readonly string[];
}

/** Whether it is shown that it came, or what it did. */
export type Proof = (seen: Seen) => boolean;

export const all =
  (...proofs: readonly Proof[]): Proof =>
  (seen) =>
    proofs.every((proof) => proof(seen));

/** Where the figure is there with this `EGRESS` alone. */
export const withDirect =
  (proof: Proof): Proof =>
  (seen) =>
    seen.egress !== 'direct' || proof(seen);

export const grew =
  (read: (view: PeerView) => number, by: number): Proof =>
  ({ before, now }) =>
    read(now) - read(before) >= by;

export const dropped = (why: string, by: number): Proof => grew(({ stats }) => stats.dropped[why] ?? 0, by);

/** The first packet of his compounds was decrypted and read: so all of them came. */
export const reportsCame: Proof = ({ now, mark }) =>
  now.streams.some(({ direction, kind, jitter }) => {
    return direction === 'sent' && kind === 'audio' && Math.round((jitter ?? 0) * 1000) === mark;
  });
