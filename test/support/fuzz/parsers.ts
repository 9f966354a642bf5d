import { expect } from '@jest/globals';
import fc from 'fast-check';
import { ServiceError, type ErrorCode } from '../../../src/base/errors.ts';
import { readMessage } from '../../../src/channel/select.ts';
import { parseClaim } from '../../../src/claim/claim.ts';
import { parseConversationId } from '../../../src/claim/conversation-id.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { bodyObject, objectOf, textMember } from '../../../src/http/admin/json-body.ts';
import { parseTarget, routeName } from '../../../src/http/target.ts';
import { structureOf } from '../../../src/recording/gst-structure.ts';
import { PipelineFileError } from '../../../src/recording/pipeline-file/error.ts';
import { parsePipelineFile } from '../../../src/recording/pipeline-file/pipeline-file.ts';
import { finishAnswer } from '../../../src/sdp/answer.ts';
import type { OfferPlan } from '../../../src/sdp/types.ts';
import { closureOf } from '../../../src/signalling/close-codes.ts';
import { offerPorts } from '../../../src/signalling/offers.ts';
import { checkPlan } from '../../unit/sdp/plan-rules.ts';
import { plan, settings } from '../../unit/sdp/support.ts';
import * as inputs from './inputs.ts';

/** Something that reads what comes from outside. */
export interface Parser {
  readonly name: string;
  /** Of all cases of a long run, how many are its. */
  readonly share: number;
  /** Fails where the policy is broken; calls `accept` for an input that was not refused. */
  readonly property: (accept: () => void) => fc.IProperty<unknown>;
}

const parser = <Input>(
  name: string,
  share: number,
  input: fc.Arbitrary<Input>,
  check: (input: Input, accept: () => void) => void,
): Parser => ({ name, share, property: (accept) => fc.property(input, (value) => check(value, accept)) });

/** Calls `read`; anything that it throws but an error of the catalogue for this place is a bug and goes through. */
function refusedWith(codes: RegExp, read: () => void): ServiceError | null {
  try {
    read();
    return null;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error.code).toMatch(codes);
    return error;
  }
}

const CLOSE_CODES: readonly number[] = [1009, 4400];

function checkOffer(text: string, videoCodec: 'vp8' | 'h264', maxSlots: number, accept: () => void): void {
  const error = refusedWith(/^offer-(?!timeout|displaced)/, () => plan(text, { videoCodec, maxSlots }));
  if (error === null) {
    accept();
    checkPlan(text, { videoCodec, maxSlots });
    return;
  }
  const { code, reason } = closureOf(error);
  expect(CLOSE_CODES).toContain(code);
  expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
}

function checkTrickle(message: string, accept: () => void): void {
  const candidate = ports.trickle(message, aPlan);
  if (candidate === null) return;
  accept();
  expect(candidate.line).toMatch(/^candidate:[\w+/]+ 1 udp \d+ [0-9a-f.:]+ \d+ typ (host|srflx|prflx|relay)$/);
  expect(candidate.line).not.toMatch(/ (127|22[4-9]|23\d)\.| ::1 | 0\.0\.0\.0 /);
}

const readPlan = (name: string): OfferPlan =>
  plan(inputs.OFFERS.get(name.replace(/-h264$|-2-slots$/, '')) ?? '', {
    videoCodec: name.endsWith('-h264') ? 'h264' : 'vp8',
    maxSlots: name.endsWith('-2-slots') ? 2 : 16,
  });
const ports = offerPorts(settings());
const aPlan = readPlan('chromium-156-audio');
const plans = new Map([...inputs.ANSWERS.keys()].map((name) => [name, readPlan(name)]));

/** An answer that does not fit is a fault of ours, told by a plain Error with words of ours. */
function checkAnswer(name: string, answer: string, accept: () => void): void {
  const offered = plans.get(name);
  if (offered === undefined) throw new Error(`no offer for ${name}`);
  try {
    expect(finishAnswer(answer, offered)).toMatch(/^v=0\r\n/);
    accept();
  } catch (error) {
    if ((error as Error).name !== 'Error' || !/answer/.test((error as Error).message)) throw error;
  }
}

function checkPipelineFile(text: string, accept: () => void): void {
  const name = /^# name: (\S+)$/m.exec(text)?.[1] ?? 'none';
  try {
    parsePipelineFile(name, text);
    accept();
  } catch (error) {
    if (!(error instanceof PipelineFileError)) throw error;
    expect(error.position.line).toBeGreaterThan(0);
    expect(error.position.line).toBeLessThanOrEqual(text.split('\n').length + 1);
  }
}

function readBody(body: string): void {
  const wish = bodyObject(body);
  textMember(wish, 'pipeline', 'one of those');
  objectOf(wish['settings'] ?? {});
}

/** Whom messages of the events channel come from. */
const MEMBER = { userid: 'ann', clientid: '', slots: [{ mid: 'm1' }] } as unknown as Member;
const KNOWN_MESSAGES = /^(select|mute|refused|ignored)$/;
const refusals = (codes: string): ErrorCode[] => codes.split(' ') as ErrorCode[];
const CHANNEL_CODES = refusals('select-malformed select-mid select-self');

export const PARSERS: readonly Parser[] = [
  parser('claim', 25, inputs.claims, (text, accept) => {
    const error = refusedWith(/^claim-/, () => parseClaim(text));
    if (error === null) accept();
    else expect(error.status).toBe(400);
  }),
  parser('conversation id', 15, inputs.segments, (segment, accept) => {
    if (refusedWith(/^conversation-id$/, () => parseConversationId(segment)) === null) accept();
  }),
  parser('request target', 10, inputs.targets, (url, accept) => {
    const target = parseTarget(url);
    if (target.endpoint !== 'none') accept();
    expect(JSON.stringify([target, routeName('GET', target)])).not.toContain('secret-of-the-fuzzer');
  }),
  parser(
    'offer',
    20,
    fc.tuple(inputs.offers, fc.constantFrom('vp8', 'h264'), fc.nat(20)),
    ([text, codec, slots], accept) => checkOffer(text, codec, slots, accept),
  ),
  parser('trickled candidate', 10, inputs.trickles, checkTrickle),
  parser('answer of the media plane', 5, inputs.answers, ([name, answer], accept) => checkAnswer(name, answer, accept)),
  parser('body for the admin listener', 5, inputs.adminBodies, (body, accept) => {
    if (refusedWith(/^admin-body$/, () => readBody(body)) === null) accept();
  }),
  parser('message of the events channel', 5, inputs.channelMessages, (text, accept) => {
    const received = readMessage(text, MEMBER);
    expect(received.kind).toMatch(KNOWN_MESSAGES);
    if (received.kind === 'refused') expect(CHANNEL_CODES).toContain(received.code);
    else if (received.kind !== 'ignored') accept();
  }),
  parser('pipeline file', 10, inputs.pipelineFiles, checkPipelineFile),
  parser('structure of GStreamer', 5, inputs.structures, (text, accept) => {
    if (structureOf(text) !== null) accept();
  }),
];

/** Runs a parser on `cases` inputs; throws with the seed and the smallest input where the policy is broken. */
export function runParser({ property }: Parser, cases: number, seed: number): { readonly accepted: number } {
  let accepted = 0;
  fc.assert(
    property(() => (accepted += 1)),
    { numRuns: cases, seed },
  );
  return { accepted };
}
