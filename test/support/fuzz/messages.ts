// What a client sends on its WebSocket: an offer, and candidates behind it.
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { ServiceError } from '../../../src/base/errors.ts';
import { MAX_OFFER_BYTES } from '../../../src/sdp/limits.ts';
import { closureOf } from '../../../src/signalling/close-codes.ts';
import { plan } from '../../unit/sdp/support.ts';
import { consistent, nearOffers, offers, trickles } from './inputs.ts';

/** A text or a binary frame. */
export type Message = string | Buffer;

const bytesOf = (message: Message): Buffer => Buffer.from(message);

const isTooLarge = (message: Message): boolean => bytesOf(message).length > MAX_OFFER_BYTES;

/** The MAX_SLOTS and the VIDEO_CODEC of the service by default. */
const SETTINGS = { maxSlots: 32, videoCodec: 'vp8' } as const;

/** What a server that reads its offer alike refuses it with; null where it has to answer. */
export function refusalOf(offer: Message): ServiceError | null {
  const bytes = bytesOf(offer);
  if (isTooLarge(offer)) return new ServiceError('offer-too-large');
  if (!isUtf8(bytes)) return new ServiceError('offer-malformed');
  try {
    plan(new TextDecoder().decode(bytes), SETTINGS);
    return null;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

/** The close codes that may come instead of an answer to a good offer: a message behind it may be too large. */
export const closesAfter = (candidates: readonly Message[]): readonly number[] =>
  candidates.some(isTooLarge) ? [closureOf(new ServiceError('offer-too-large')).code] : [];

const binary = fc.tuple(offers, fc.uint8Array({ maxLength: 2 }), fc.nat()).map(([text, noise, at]) => {
  const bytes = Buffer.from(text);
  const from = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(from)]);
});
const huge = offers.map((text) => text.padEnd(MAX_OFFER_BYTES + 1, '\r\na=x'));

/** An offer, most often one that is nearly good, so that what is behind the parser gets its share. */
export const conversations: fc.Arbitrary<readonly Message[]> = fc
  .tuple(
    fc.oneof<fc.WeightedArbitrary<Message>[]>(
      { weight: 40, arbitrary: offers },
      { weight: 25, arbitrary: nearOffers },
      { weight: 15, arbitrary: nearOffers.map((text) => Buffer.from(text)) },
      { weight: 9, arbitrary: consistent },
      { weight: 10, arbitrary: binary },
      { weight: 1, arbitrary: huge },
    ),
    fc.array(trickles, { maxLength: 3 }),
  )
  .map(([offer, candidates]) => [offer, ...candidates]);

/** As a file of test/fixtures/hostile: a line of JSON for each message. */
export const encoded = (messages: readonly Message[]): Buffer =>
  Buffer.from(
    messages
      .map((message) => JSON.stringify(typeof message === 'string' ? message : { base64: message.toString('base64') }))
      .join('\n'),
  );

export const decoded = (file: Buffer): readonly Message[] =>
  file
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string | { readonly base64: string })
    .map((message) => (typeof message === 'string' ? message : Buffer.from(message.base64, 'base64')));
