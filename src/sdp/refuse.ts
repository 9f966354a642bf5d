import { ServiceError, type ErrorCode } from '../base/errors.ts';

export type OfferErrorCode = Extract<ErrorCode, `offer-${string}`>;

/**
 * Ends the reading of an offer. The detail goes back to the client as a WebSocket close reason of at most 123 bytes, so
 * it names the section and little more, and of the offer it quotes at most a mid or the name of a codec.
 */
export function refuse(code: OfferErrorCode, detail?: string): never {
  throw new ServiceError(code, detail === undefined ? {} : { detail });
}
