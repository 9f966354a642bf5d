/**
 * Branded types for everything that names something. A plain string or number never crosses a module border:
 * the parser at the edge makes the brand, and from there on the compiler keeps a mid from being taken for a user.
 */
declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** The user, as backend-auth names him: 1 to 256 characters. */
export type UserId = Brand<string, 'UserId'>;
/** The user's device: 0 to 256 characters; the empty text is a device too. */
export type ClientId = Brand<string, 'ClientId'>;
/** 1 to 256 characters, percent-decoded. */
export type ConversationId = Brand<string, 'ConversationId'>;
/** One connection of one device; never reused in the life of the process. */
export type PeerId = Brand<string, 'PeerId'>;
/** The media identification tag of an m-line (RFC 5888). */
export type Mid = Brand<string, 'Mid'>;
/** An RTP synchronisation source, 1 to 2^32 - 1. */
export type Ssrc = Brand<number, 'Ssrc'>;
/** The id of a publishing device in the CSRC list of every packet of his that is forwarded, 1 to 2^32 - 1. */
export type Csrc = Brand<number, 'Csrc'>;

/** Text that names one device of one user; a key for maps, never shown and never parsed. */
export type DeviceKey = Brand<string, 'DeviceKey'>;

export const deviceKey = (userid: UserId, clientid: ClientId): DeviceKey =>
  JSON.stringify([userid, clientid]) as DeviceKey;
