import { parseListen, type Listen } from './listen.ts';
import { announced, portRange, stunServer, turnServer } from './media-parsers.ts';
import { Networks } from './networks.ts';
import { pipelineName, pipelineSettings, recordRule } from './record-rule.ts';
import {
  MIN_SECRET,
  addresses,
  choice,
  count,
  file,
  folder,
  httpUrl,
  list,
  origins,
  seconds,
  secondsOrNone,
  secret,
  type Parser,
} from './validators.ts';

export interface Setting<T> {
  readonly parse: Parser<T>;
  /** As text, as it would stand in `.env`; empty where nothing is the default. */
  readonly default: string;
  /** One line for people. */
  readonly description: string;
  /** What a value may be, for people: the end of "allowed: ...". */
  readonly allowed: string;
  /** The value is never shown, not even in an error. */
  readonly isSecret: boolean;
}

const setting = <T>(
  parse: Parser<T>,
  defaultText: string,
  description: string,
  allowed: string,
  isSecret = false,
): Setting<T> => ({ parse, default: defaultText, description, allowed, isSecret });

const limit = (max: number, defaultText: string, description: string): Setting<number> =>
  setting(count(1, max), defaultText, description, `a whole number from 1 to ${max}`);

const SECONDS = 'seconds, from 0.1 to 604800 (a week)';

const duration = (defaultText: string, description: string): Setting<number> =>
  setting(seconds, defaultText, description, SECONDS);

const listenOrOff: Parser<Listen | 'off'> = (text) => (text === 'off' ? text : parseListen(text));

const proxyCount: Parser<number | 'auto'> = (text) => (text === 'auto' ? text : count(0, 10)(text));

const networks: Parser<Networks> = (text) => new Networks(list(text));

/** Every setting there is. `.env` and the README list exactly these, and a test compares them. */
export const SETTINGS = {
  LISTEN: setting(
    parseListen,
    ':80',
    'Host and port of the public listener; without a host every interface, IPv6 and IPv4.',
    'host:port or :port, e.g. :80, 127.0.0.1:8080, [::1]:80; port 0 to 65535',
  ),
  TLS_CERT: setting(
    file,
    '',
    'Certificate of the public listener, which then speaks TLS; read again when the file changes. Empty: a proxy does it.',
    'a file in PEM, with its chain; with TLS_KEY',
  ),
  TLS_KEY: setting(file, '', 'Key of that certificate.', 'a file in PEM; with TLS_CERT'),
  TRUSTED_PROXIES: setting(
    networks,
    '',
    'Addresses and networks that may bring an X-User-Claim; everybody else gets 403. Empty: anybody may.',
    'a comma list of IP addresses and networks, e.g. 10.0.0.0/8,2001:db8::1',
  ),
  PROXY_SECRET: setting(
    secret,
    '',
    'What the proxy must send in X-Proxy-Secret; everything else gets 403. Empty: nothing is asked.',
    `at least ${MIN_SECRET} visible ASCII characters`,
    true,
  ),
  TRUST_PROXY: setting(
    proxyCount,
    'auto',
    'How many proxies in front write X-Forwarded-For; auto: 1 with TRUSTED_PROXIES or PROXY_SECRET, else 0.',
    'auto, or a whole number from 0 to 10',
  ),
  CORS_ORIGINS: setting(
    origins,
    '',
    'Origins of web pages that may call this service from a browser. Empty: none but its own.',
    'a comma list of origins, e.g. https://app.example.org,tauri://localhost',
  ),
  CONNECT_ORIGINS: setting(
    origins,
    '',
    'Origins of web pages that may open a WebSocket; others get 403. Empty: all may.',
    'a comma list of origins, as for CORS_ORIGINS',
  ),
  ICE_ADDRESSES: setting(
    addresses,
    '',
    'Local addresses for media. Empty: every address that is not loopback, or loopback where there is no other.',
    'a comma list of IP addresses of this machine, e.g. 192.0.2.10,2001:db8::10',
  ),
  ICE_DENY: setting(
    networks,
    '',
    'Addresses and networks that no media is ever sent to, whatever an offer says.',
    'a comma list of IP addresses and networks, e.g. 10.0.0.0/8,169.254.0.0/16',
  ),
  ANNOUNCED_ADDRESSES: setting(
    announced,
    '',
    'Addresses that clients are told instead of local ones, behind 1:1 NAT.',
    'a comma list of public or local=public addresses, e.g. 203.0.113.5 or 10.0.0.5=203.0.113.5,fd00::5=2001:db8::5',
  ),
  UDP_PORTS: setting(
    portRange,
    '',
    'Ports of all media, one for each connection and local address. Empty: any that is free.',
    'min-max, e.g. 50000-50999',
  ),
  STUN_SERVER: setting(
    stunServer,
    '',
    'STUN server that tells the own public address, where it is not announced.',
    'host or host:port, e.g. stun.example.org:3478',
  ),
  TURN_SERVER: setting(
    turnServer,
    '',
    'TURN server that media may come through, where this service cannot be reached.',
    'turn://user:password@host:port, turns:// or ?transport=tcp',
    true,
  ),
  MEDIA_DSCP: setting(
    count(0, 63),
    '0',
    'Mark of media packets for routers (DSCP); 46 is expedited forwarding, 0 is none.',
    'a whole number from 0 to 63',
  ),
  VIDEO_CODEC: setting(
    choice('vp8', 'h264'),
    'VP8',
    'The one video codec of this deployment; nothing is transcoded.',
    'VP8 or H264',
  ),
  EGRESS: setting(
    choice('webrtcbin', 'direct'),
    'direct',
    'How media leaves and comes in: through webrtcbin, or past it, encrypted by this service, which costs less.',
    'webrtcbin or direct',
  ),
  AUDIO_FIRST: setting(
    choice('on', 'off'),
    'on',
    'Whether a receiver on a congested line gets less video, or none, until the line is better.',
    'on or off',
  ),
  ADMIN_LISTEN: setting(
    listenOrOff,
    '127.0.0.1:9090',
    'Host and port of the admin listener; with an address that others can reach it needs ADMIN_TOKEN.',
    'as for LISTEN, or off',
  ),
  ADMIN_TOKEN: setting(
    secret,
    '',
    'What the admin listener wants as bearer token, except for /healthz and /readyz. Empty: it can be read only.',
    `at least ${MIN_SECRET} visible ASCII characters`,
    true,
  ),
  ADMIN_HOSTS: setting(
    list,
    '',
    'Host names by which the admin listener may be asked, beside addresses and localhost.',
    'a comma list of names, e.g. backend-webrtc,media-1.internal',
  ),
  // No offer has more sections: MAX_SECTIONS of src/sdp/limits.ts, which a layer as low as this cannot import.
  MAX_SLOTS: limit(128, '32', 'Receive slots per device; sections beyond are answered inactive.'),
  MAX_PEERS: limit(100_000, '200', 'Connected devices of this process.'),
  MAX_CONVERSATIONS: limit(1_000_000, '1000', 'Conversations that somebody has joined.'),
  MAX_MEMBERS: limit(10_000, '100', 'Connected devices in one conversation.'),
  MAX_JOINS: limit(10_000_000, '10000', 'Users whose join is remembered, connected or not.'),
  MAX_NEGOTIATIONS: limit(100_000, '100', 'Connections that have their offer and are not up yet.'),
  CONNECT_RATE: limit(100_000, '30', 'Connects per user and minute.'),
  CONNECT_RATE_ADDRESS: limit(1_000_000, '300', 'Connects per client address (of IPv6 its /64) and minute.'),
  MAX_PACKET_RATE: limit(1_000_000, '4000', 'Packets per second of one device; those beyond are dropped, and counted.'),
  MAX_BYTE_RATE: limit(
    1_000_000_000,
    '4000000',
    'Bytes per second of one device; packets beyond are dropped, and counted.',
  ),
  OFFER_TIMEOUT: duration('120', 'How long a socket may wait with its offer.'),
  CONNECT_TIMEOUT: duration('30', 'How long ICE and DTLS may take after the answer.'),
  PEER_TIMEOUT: duration('30', 'A peer that nothing at all arrived from for so long is ended.'),
  JOIN_TTL: duration('600', 'How long a join is remembered while no device of the user is connected.'),
  DRAIN_TIMEOUT: setting(
    secondsOrNone,
    '0',
    'How long conversations may go on after SIGTERM, while nobody new is let in.',
    `0, or ${SECONDS}`,
  ),
  PERMISSIONS_HOST: setting(
    httpUrl,
    '',
    'Service that is asked whether a user may join a conversation. Empty: everybody may.',
    'an http or https URL without credentials, query or fragment, e.g. http://permissions:8080',
  ),
  PERMISSIONS_RECHECK: duration('30', 'How often it is asked again about users who are connected.'),
  PERMISSIONS_GRACE: setting(
    secondsOrNone,
    '300',
    'How long a user stays in a conversation while it does not answer.',
    `0, or ${SECONDS}`,
  ),
  WEBHOOK_URL: setting(
    httpUrl,
    '',
    'Server that is told what happens in conversations, by signed POST requests. Empty: nobody is told.',
    'an http or https URL without credentials, query or fragment, e.g. https://app.example.org/webhooks',
  ),
  WEBHOOK_SECRET: setting(
    secret,
    '',
    'Key of the signatures of webhooks; needed with WEBHOOK_URL.',
    `at least ${MIN_SECRET} visible ASCII characters`,
    true,
  ),
  WEBHOOK_SPOOL: setting(
    folder,
    'webhook-spool',
    'Folder where webhooks wait for delivery, so that they survive a restart; of one process alone.',
    'a path, absolute or from where the service is started',
  ),
  WEBHOOK_MAX_WAITING: limit(
    1_000_000,
    '10000',
    'Webhooks that may wait; what happens beyond is not told, and counted.',
  ),
  WEBHOOK_TTL: duration('86400', 'How long delivery of a webhook is tried.'),
  RECORD: setting(
    recordRule,
    'off',
    'Conversations that are recorded from their first member on.',
    'off, all, or a comma list of conversation ids in which * stands for any text',
  ),
  RECORD_PIPELINE: setting(
    pipelineName,
    'record-track',
    'The pipeline that records them: the name of a file in pipelines/.',
    'a name of a-z, 0-9 and -, e.g. record-track',
  ),
  RECORD_SETTINGS: setting(
    pipelineSettings,
    '',
    'Settings of that pipeline; those that are left out have their defaults.',
    'a comma list of name=value, e.g. host=10.0.0.9,port=5004',
  ),
  RECORDINGS_DIR: setting(
    folder,
    'recordings',
    'Folder of all recordings; of one process alone.',
    'a path, absolute or from where the service is started',
  ),
  RECORDINGS_RESERVE: limit(
    1_000_000_000,
    '1024',
    'MiB that must be free in RECORDINGS_DIR where a recording is to begin.',
  ),
  MAX_TAPS: limit(1_000, '20', 'Recordings that may run at once: a process each.'),
  TAP_BUFFER: limit(256, '8', 'MiB that may wait for one recorder; what comes beyond is dropped, and counted.'),
  SEGMENT_SIZE: limit(1_000_000, '1024', 'MiB after which a recording goes on in new files.'),
  SEGMENT_TIME: duration('600', 'Time after which a recording goes on in new files.'),
  LOG_LEVEL: setting(
    choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'The least important level that is logged.',
    'trace, debug, info, warn, error, fatal or silent',
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;
/** What the text of each setting is parsed to. */
export type SettingValues = { readonly [K in SettingName]: ReturnType<(typeof SETTINGS)[K]['parse']> };
