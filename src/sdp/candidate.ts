import type { Mid } from '../base/ids.ts';
import { canonicalAddress, specialAddress, type AddressSet } from './address.ts';
import { MAX_REMOTE_CANDIDATES } from './limits.ts';
import type { Candidate, CandidateDrop } from './types.ts';

/** Which remote addresses may be sent to. */
export interface CandidatePolicy {
  /** For a server that itself gathers on a loopback address. */
  readonly allowLoopback: boolean;
  /** Addresses that are never used (`ICE_DENY`). */
  readonly deny: AddressSet;
}

/** The section a candidate is for. All share one transport, so it is always the first. */
export interface CandidateTarget {
  readonly mline: number;
  readonly mid: Mid;
}

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, type, and whatever follows. */
const CANDIDATE =
  /^candidate:([A-Za-z0-9+/]{1,32}) (\d{1,5}) ([A-Za-z0-9-]{1,16}) (\d{1,10}) (\S{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: .*)?$/;
const MAX_PRIORITY = 2 ** 31 - 1;

/**
 * Reads one candidate, without `a=`. Returns it, or why it is not used. Nothing of the client's line goes on: it is written
 * anew from its checked parts, without the related address, which only tells where the client sits.
 */
export function parseCandidate(
  line: string,
  target: CandidateTarget,
  policy: CandidatePolicy,
): Candidate | CandidateDrop {
  const match = CANDIDATE.exec(line);
  if (match === null) return 'malformed';
  const [, foundation = '', component = '', transport = '', , host = '', , type = ''] = match;
  const [priority, port] = [Number(match[4]), Number(match[6])];
  if (priority < 1 || priority > MAX_PRIORITY || port > 65535) return 'malformed';
  if (transport.toLowerCase() !== 'udp') return 'not-udp';
  // With rtcp-mux, which we demand, component 2 carries nothing.
  if (Number(component) !== 1) return 'component';
  const address = canonicalAddress(host);
  if (address === null) return 'hostname';
  const fault = addressFault(address, port, policy);
  if (fault !== null) return fault;
  const written = `candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${type}`;
  return { ...target, line: written, address, port };
}

function addressFault(address: string, port: number, { allowLoopback, deny }: CandidatePolicy): CandidateDrop | null {
  if (port === 0) return 'port-zero';
  const special = specialAddress(address);
  if (special !== null && !(special === 'loopback' && allowLoopback)) return special;
  return deny.contains(address) ? 'denied' : null;
}

/**
 * The candidate line in a trickled message, without `a=`, or null where the message is something else: the end of
 * candidates, or nothing that we know.
 */
export function parseTrickle(message: string): string | null {
  const line = message.trim().replace(/^a=/, '');
  return /^candidate:\S.*$/.test(line) ? line : null;
}

/** The candidates of an offer that are used, and how many are not, by reason. */
export interface OfferedCandidates {
  readonly candidates: readonly Candidate[];
  readonly dropped: Readonly<Partial<Record<CandidateDrop, number>>>;
}

/** @param values what stands behind `a=candidate:`. */
export function offeredCandidates(
  values: readonly string[],
  target: CandidateTarget,
  policy: CandidatePolicy,
): OfferedCandidates {
  const candidates: Candidate[] = [];
  const dropped: Partial<Record<CandidateDrop, number>> = {};
  for (const value of values) {
    const parsed = parseCandidate(`candidate:${value}`, target, policy);
    const result = typeof parsed === 'object' && candidates.length === MAX_REMOTE_CANDIDATES ? 'limit' : parsed;
    if (typeof result === 'object') candidates.push(result);
    else dropped[result] = (dropped[result] ?? 0) + 1;
  }
  return { candidates, dropped };
}
