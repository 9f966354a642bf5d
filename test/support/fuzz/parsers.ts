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
import {
  checkClaim,
  checkConversationId,
  checkPipeline,
  checkReceived,
  checkStructure,
  checkTarget,
} from './accepted.ts';
import { checkPlan } from '../../unit/sdp/plan-rules.ts';
import { plan, settings } from '../../unit/sdp/support.ts';
import * as inputs from './inputs.ts';

/** Something that reads what comes from outside. */
export interface Parser {
  readonly name: string;
  /** Of all cases of a long run, how many are its. */
  readonly share: number;
  /** Of its cases, the part that is accepted at least: else little is tried of what lies behind the first look. */
  readonly least: number;
  /** Fails where the policy is broken; calls `accept` for an input that was not refused. */
  readonly property: (accept: () => void) => fc.IProperty<unknown>;
}

const parser = <Input>(
  name: string,
  [share, least]: readonly [share: number, least: number],
  input: fc.Arbitrary<Input>,
  check: (input: Input, accept: () => void) => void,
): Parser => ({ name, share, least, property: (accept) => fc.property(input, (value) => check(value, accept)) });

/** What `read` returns, or why not; what it throws but an error of the catalogue for this place is a bug and goes through. */
function readOrRefused<Value>(codes: RegExp, read: () => Value): { readonly value: Value } | ServiceError {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error.code).toMatch(codes);
    return error;
  }
}

const CLOSE_CODES: readonly number[] = [1009, 4400];

function checkOffer(text: string, videoCodec: 'vp8' | 'h264', maxSlots: number, accept: () => void): void {
  const read = readOrRefused(/^offer-(?!timeout|displaced)/, () => plan(text, { videoCodec, maxSlots }));
  if ('value' in read) {
    accept();
    checkPlan(text, { videoCodec, maxSlots });
    return;
  }
  const { code, reason } = closureOf(read);
  expect(CLOSE_CODES).toContain(code);
  expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
}

function checkTrickle(message: string, accept: () => void): void {
  const candidate = ports.trickle(message, aPlan);
  if (candidate === null) return;
  accept();
  expect(candidate.line).toMatch(/^candidate:[\w+/]+ 1 udp \d+ [0-9a-f.:]+ \d+ typ (host|srflx|prflx|relay)$/);
  expect(candidate.line).not.toMatch(/ (127|22[4-9]|23\d)\.| ::1 | 0\.0\.0\.0 /);
  expect(ports.trickle(candidate.line, aPlan)).toEqual(candidate);
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
    const finished = finishAnswer(answer, offered);
    accept();
    expect(finished).toMatch(/^v=0\r\n/);
    expect(finished.match(/^m=/gm)).toHaveLength(offered.sections.length);
  } catch (error) {
    if ((error as Error).name !== 'Error' || !/answer/.test((error as Error).message)) throw error;
  }
}

function checkPipelineFile(text: string, accept: () => void): void {
  const name = /^# name: (\S+)$/m.exec(text)?.[1] ?? 'none';
  try {
    const file = parsePipelineFile(name, text);
    accept();
    checkPipeline(name, file);
  } catch (error) {
    if (!(error instanceof PipelineFileError)) throw error;
    expect(error.position.line).toBeGreaterThan(0);
    expect(error.position.line).toBeLessThanOrEqual(text.split('\n').length + 1);
  }
}

const readBody = (body: string): unknown => {
  const wish = bodyObject(body);
  return { pipeline: textMember(wish, 'pipeline', 'one of those'), settings: objectOf(wish['settings'] ?? {}) };
};

function checkBody(body: string, accept: () => void): void {
  const read = readOrRefused(/^admin-body$/, () => readBody(body));
  if (!('value' in read)) return;
  accept();
  const { pipeline, settings = {} } = JSON.parse(body) as Record<string, unknown>;
  expect(read.value).toEqual({ pipeline, settings: settings ?? {} });
}

/** Whom messages of the events channel come from. */
const MEMBER = { userid: 'ann', clientid: '', slots: [{ mid: 'm1' }] } as unknown as Member;
const KNOWN_MESSAGES = /^(select|mute|refused|ignored)$/;
const refusals = (codes: string): ErrorCode[] => codes.split(' ') as ErrorCode[];
const CHANNEL_CODES = refusals('select-malformed select-mid select-self');

function checkMessage(text: string, accept: () => void): void {
  const received = readMessage(text, MEMBER);
  expect(received.kind).toMatch(KNOWN_MESSAGES);
  if (received.kind === 'refused') expect(CHANNEL_CODES).toContain(received.code);
  else if (received.kind !== 'ignored') accept();
  checkReceived(received, MEMBER.slots, MEMBER);
}

export const PARSERS: readonly Parser[] = [
  parser('claim', [25, 0.15], inputs.claims, (text, accept) => {
    const read = readOrRefused(/^claim-/, () => parseClaim(text));
    if ('value' in read) {
      accept();
      checkClaim(text, read.value);
    } else {
      expect(read.status).toBe(400);
    }
  }),
  parser('conversation id', [15, 0.25], inputs.segments, (segment, accept) => {
    const read = readOrRefused(/^conversation-id$/, () => parseConversationId(segment));
    if (!('value' in read)) return;
    accept();
    checkConversationId(segment, read.value);
  }),
  parser('request target', [10, 0.1], inputs.targets, (url, accept) => {
    const target = parseTarget(url);
    expect(JSON.stringify([target, routeName('GET', target)])).not.toContain('secret-of-the-fuzzer');
    if (target.endpoint === 'none') return;
    accept();
    checkTarget(target);
  }),
  parser(
    'offer',
    [20, 0.15],
    fc.tuple(inputs.offers, fc.constantFrom('vp8', 'h264'), fc.nat(20)),
    ([text, codec, slots], accept) => checkOffer(text, codec, slots, accept),
  ),
  parser('trickled candidate', [10, 0.12], inputs.trickles, checkTrickle),
  parser('answer of the media plane', [5, 0.3], inputs.answers, ([name, answer], accept) =>
    checkAnswer(name, answer, accept),
  ),
  parser('body for the admin listener', [5, 0.3], inputs.adminBodies, checkBody),
  parser('message of the events channel', [5, 0.18], inputs.channelMessages, checkMessage),
  parser('pipeline file', [10, 0.18], inputs.pipelineFiles, checkPipelineFile),
  parser('structure of GStreamer', [5, 0.4], inputs.structures, (text, accept) => {
    const structure = structureOf(text);
    if (structure === null) return;
    accept();
    checkStructure(structure);
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
