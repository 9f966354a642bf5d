/**
 * The catalogue of everything that can go wrong for a client or an operator. A code is stable: programs go by it.
 *
 * `status` is the HTTP status, `closeCode` that of the WebSocket, where the error can appear there. `docs/errors.md`
 * lists exactly these codes, and a test compares the two.
 */
interface ErrorKind {
  readonly message: string;
  readonly status?: number;
  readonly closeCode?: number;
}

const kinds = <T extends Record<string, ErrorKind>>(table: T): T => table;

export const ERRORS = kinds({
  // The claim and who may bring it.
  'claim-missing': { status: 400, message: 'the X-User-Claim header is missing or empty' },
  'claim-too-long': { status: 400, message: 'the X-User-Claim header is longer than 8 KiB' },
  'claim-malformed': { status: 400, message: 'the X-User-Claim header is not a JSON object in UTF-8' },
  'claim-userid': { status: 400, message: 'the claim needs a "userid": a text of 1 to 256 characters' },
  'claim-clientid': { status: 400, message: 'the "clientid" of a claim is a text of at most 256 characters' },
  'proxy-untrusted': { status: 403, message: 'this address is not one of TRUSTED_PROXIES' },
  'proxy-secret': { status: 403, message: 'the proxy secret is missing or wrong' },

  // HTTP.
  'not-found': { status: 404, message: 'only GET /connect and POST or DELETE /join/:conversationid are served here' },
  'upgrade-required': { status: 426, message: '/connect speaks WebSocket: send an upgrade request' },
  'conversation-id': { status: 400, message: 'a conversation id is 1 to 256 characters, percent-encoded' },
  'not-joined': { status: 404, message: 'the user is not in this conversation' },
  'permission-denied': { status: 401, message: 'the user may not join this conversation' },
  'connect-origin': { status: 403, message: 'this page may not connect: its Origin is not one of CONNECT_ORIGINS' },
  'connect-rate': { status: 429, message: 'too many connects; try again later' },
  full: { status: 503, closeCode: 4429, message: 'this server is full; try again later' },
  'conversation-full': { status: 503, message: 'this conversation is full' },
  draining: { status: 503, closeCode: 1001, message: 'this server is going away; connect elsewhere' },
  internal: { status: 500, closeCode: 4500, message: 'an error of the server' },

  // The admin listener.
  'admin-host': { status: 403, message: 'the Host is neither an address, nor localhost, nor one of ADMIN_HOSTS' },
  'admin-origin': { status: 403, message: 'web pages may not use the admin listener' },
  'admin-content-type': { status: 415, message: 'a POST needs a body in application/json' },
  'admin-token': { status: 401, message: 'the Authorization header is not Bearer and the ADMIN_TOKEN' },
  'admin-read-only': { status: 403, message: 'nothing can be changed while no ADMIN_TOKEN is set' },
  'admin-not-found': { status: 404, message: 'there is no such thing' },
  'admin-body': { status: 400, message: 'the body is not what is asked for here' },
  'admin-busy': { status: 503, message: 'this takes long, and one at a time' },

  // Recordings.
  'recording-pipeline': { status: 422, message: 'no pipeline of this name was there at the start' },
  'recording-settings': { status: 422, message: 'the pipeline has no such setting, or wants another value' },
  'recording-nobody': { status: 409, message: 'nobody is connected in this conversation' },
  'recording-limit': { status: 503, message: 'too many recordings run' },
  'recording-disk': { status: 507, message: 'less space is free than the reserve' },
  'recording-damaged': { status: 500, message: 'the manifest of this recording is damaged, or was changed' },
  'recording-refused': { status: 422, message: 'the recorder cannot use the pipeline' },

  // The offer (close code 4400).
  'offer-too-large': { closeCode: 1009, message: 'an offer is at most 256 KiB' },
  'offer-malformed': { closeCode: 4400, message: 'the message is not an SDP offer' },
  'offer-sections': { closeCode: 4400, message: 'the offer has no m-line, or too many' },
  'offer-kind': { closeCode: 4400, message: 'only audio, video and application sections can be answered' },
  'offer-rejected-section': { closeCode: 4400, message: 'a section has port 0 without a=bundle-only' },
  'offer-bundle': { closeCode: 4400, message: 'all sections must be in one BUNDLE group' },
  'offer-mid': { closeCode: 4400, message: 'every section needs an a=mid of its own' },
  'offer-direction': { closeCode: 4400, message: 'a section has more than one direction' },
  'offer-codec': { closeCode: 4400, message: 'a codec of a section has no a=rtpmap' },
  'offer-setup': { closeCode: 4400, message: 'a=setup must be actpass' },
  'offer-ice': { closeCode: 4400, message: 'a=ice-ufrag or a=ice-pwd is missing or malformed' },
  'offer-fingerprint': { closeCode: 4400, message: 'a sha-256 a=fingerprint is missing or malformed' },
  'offer-rtcp-mux': { closeCode: 4400, message: 'a=rtcp-mux is missing' },
  'offer-sctp': { closeCode: 4400, message: 'at most one application section, with a=sctp-port' },

  // The connection after the upgrade.
  'offer-timeout': { closeCode: 4408, message: 'no offer came in time' },
  'offer-displaced': { closeCode: 4408, message: 'too many connections wait for their offer; the oldest gave way' },
  replaced: { closeCode: 4409, message: 'the same device connected again' },
  'no-media-port': { closeCode: 4429, message: 'no UDP port for media is free' },
  'connect-failed': { closeCode: 4500, message: 'the connection could not be established' },
  'connect-timeout': { closeCode: 4500, message: 'no connection came up in time' },

  // The events data channel.
  'select-malformed': { message: 'a select needs a "mid" and a "userid", texts both, or null to let go' },
  'select-mid': { message: 'no slot of this connection has this mid' },
  'select-conversation': { message: 'this device is in no conversation' },
  'select-self': { message: 'a device is never heard in a slot of its own' },

  // Start-up.
  config: { message: 'a setting is wrong' },
  pipelines: { message: 'a pipeline file cannot be used' },
  'elements-missing': { message: 'GStreamer elements are missing' },
  listen: { message: 'the listener cannot be opened' },
});

export type ErrorCode = keyof typeof ERRORS;

/** An error with a stable code that may be shown to whoever caused it. Everything else that is thrown is a bug. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  /** What exactly was wrong, e.g. the section or the variable; no secret, no token, no SDP. */
  readonly detail: string | null;
  /** Seconds after which another try makes sense, for `Retry-After`. */
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, options: { detail?: string; retryAfter?: number; cause?: unknown } = {}) {
    super(options.detail === undefined ? ERRORS[code].message : `${ERRORS[code].message}: ${options.detail}`, {
      cause: options.cause,
    });
    this.name = 'ServiceError';
    this.code = code;
    this.detail = options.detail ?? null;
    this.retryAfter = options.retryAfter ?? null;
  }

  get status(): number {
    return (ERRORS[this.code] as ErrorKind).status ?? 500;
  }

  get closeCode(): number {
    return (ERRORS[this.code] as ErrorKind).closeCode ?? 4500;
  }
}
