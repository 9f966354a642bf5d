/** Bytes of an offer; signalling refuses a longer message before it is read. */
export const MAX_OFFER_BYTES = 256 * 1024;

/** Lines of an offer. The largest real section has about 120, so this leaves room for every offer that fits its size. */
export const MAX_LINES = 10_000;

/** m-lines of an offer, whatever becomes of them: 64 people heard and seen. */
export const MAX_SECTIONS = 128;

/**
 * Characters of a mid. The forwarder writes it into every packet, and the one-byte form of a header extension carries at
 * most 16 (RFC 8285 §4.2). Browsers use one or two.
 */
export const MAX_MID_LENGTH = 16;

/** SSRCs of one section that are followed; RTX ones not counted. */
export const MAX_SECTION_SSRCS = 4;

/** Remote candidates of one peer, trickled ones included. */
export const MAX_REMOTE_CANDIDATES = 32;
