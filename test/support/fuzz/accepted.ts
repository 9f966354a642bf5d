// The rules that whatever was read obeys: each throws where one is broken.
import { expect } from '@jest/globals';
import { parseClaim } from '../../../src/claim/claim.ts';
import { parseConversationId } from '../../../src/claim/conversation-id.ts';
import type { Received } from '../../../src/channel/select.ts';
import type { Slot } from '../../../src/media/types.ts';
import { parseTarget, type Target } from '../../../src/http/target.ts';
import type { PipelineFile } from '../../../src/recording/pipeline-file/pipeline-file.ts';
import { CODECS } from '../../../src/recording/pipeline-file/header.ts';
import type { structureOf } from '../../../src/recording/gst-structure.ts';

/** docs/contract.md: code points, and no half of a surrogate pair, which UTF-8 does not have. */
function checkId(id: string, least: number): void {
  const { length } = Array.from(id);
  expect(length).toBeGreaterThanOrEqual(least);
  expect(length).toBeLessThanOrEqual(256);
  expect(Buffer.from(id).toString()).toBe(id);
}

/** @param header one character per byte */
export function checkClaim(header: string, claim: ReturnType<typeof parseClaim>): void {
  const said = JSON.parse(Buffer.from(header, 'latin1').toString()) as Record<string, unknown>;
  expect(claim).toEqual({ userid: said['userid'], clientid: Object.hasOwn(said, 'clientid') ? said['clientid'] : '' });
  checkId(claim.userid, 1);
  checkId(claim.clientid, 0);
  expect(parseClaim(Buffer.from(JSON.stringify(claim)).toString('latin1'))).toEqual(claim);
}

export function checkConversationId(segment: string, id: string): void {
  expect(id).toBe(decodeURIComponent(segment));
  checkId(id, 1);
  expect(parseConversationId(encodeURIComponent(id))).toBe(id);
}

/** Nothing of what stands around the path is in it, so that it means the same without. */
export function checkTarget(target: Target): void {
  if (target.endpoint === 'join') expect(target.segment).toMatch(/^[^/?#]*$/);
  expect(parseTarget(target.endpoint === 'join' ? `/join/${target.segment}` : `/${target.endpoint}`)).toEqual(target);
}

/** @param self who sent it */
export function checkReceived(
  received: Received,
  slots: readonly Slot[],
  self: { userid: string; clientid: string },
): void {
  if (received.kind === 'mute') {
    const kinds = ['audio', 'video'].filter((kind) => (received.kinds as readonly string[]).includes(kind));
    expect(received.kinds).toEqual(kinds);
  }
  if (received.kind !== 'select') return;
  expect(slots).toContain(received.slot);
  if (received.target === null) return;
  const { userid, clientid } = received.target;
  expect([typeof userid, typeof clientid]).toEqual(['string', 'string']);
  expect(userid).not.toBe('');
  expect([userid, clientid]).not.toEqual([self.userid, self.clientid]);
}

export function checkPipeline(name: string, file: PipelineFile): void {
  expect(file.name).toBe(name);
  expect(file.kinds.length).toBeGreaterThan(0);
  const codecs = file.kinds.flatMap((kind): readonly string[] => CODECS[kind]);
  // A track of each kind of the file comes in by one way.
  for (const codec of file.branches.keys()) expect(codecs).toContain(codec);
  for (const kind of file.kinds) expect(CODECS[kind].some((codec) => file.branches.has(codec))).toBe(true);
  for (const branch of file.branches.values())
    expect((branch.source === null) !== (file.once.source === null)).toBe(true);
}

/** It goes on as JSON. */
export function checkStructure(structure: NonNullable<ReturnType<typeof structureOf>>): void {
  expect(structure.name).toMatch(/^[A-Za-z][\w/:.-]*$/);
  expect(JSON.parse(JSON.stringify(structure))).toEqual(structure);
}
