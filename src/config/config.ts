import { EnvError, cleanEnv, makeExactValidator, type RequiredValidatorSpec } from 'envalid';
import { ServiceError } from '../base/errors.ts';
import { readEnvironment, type Environment } from './env.ts';
import { formatListen, isExposed, type Listen } from './listen.ts';
import { mediaNetwork, type MediaNetwork } from './media-network.ts';
import type { Networks } from './networks.ts';
import { recordingConfig, type RecordingConfig } from './recording.ts';
import { SETTINGS, type Setting, type SettingName, type SettingValues } from './settings.ts';

/** The settings of the process, checked and typed. Read once at the start, never changed. */
export interface Config {
  readonly listen: Listen;
  /** Who may bring a claim; `null`: anybody. */
  readonly trustedProxies: Networks | null;
  /** What `X-Proxy-Secret` must be; `null`: nothing is asked. */
  readonly proxySecret: string | null;
  /** Proxies in front that write X-Forwarded-For. */
  readonly proxies: number;
  /** Files; `null`: no TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly corsOrigins: readonly string[];
  /** Pages that may open a WebSocket; empty: all. */
  readonly connectOrigins: readonly string[];
  /** Where the admin listener listens; `null`: nowhere. */
  readonly adminListen: Listen | null;
  /** `null`: nothing is asked for reading, and nothing can be changed. */
  readonly adminToken: string | null;
  readonly adminHosts: readonly string[];
  readonly media: MediaNetwork;
  /** Remote addresses that are never used. */
  readonly iceDeny: Networks;
  readonly videoCodec: 'vp8' | 'h264';
  /** How media leaves; falls back to webrtcbin where that is not built as `direct` needs it. */
  readonly egress: 'webrtcbin' | 'direct';
  /** Receivers on congested lines get less video. */
  readonly audioFirst: boolean;
  readonly maxSlots: number;
  readonly maxPeers: number;
  readonly maxConversations: number;
  /** Connected devices per conversation. */
  readonly maxMembers: number;
  /** Users whose join is stored. */
  readonly maxJoins: number;
  /** Peers that are not connected yet. */
  readonly maxNegotiations: number;
  /** Per minute. */
  readonly connectRates: { readonly user: number; readonly address: number };
  /** Of what one device publishes, per second. */
  readonly publishRate: { readonly packets: number; readonly bytes: number };
  readonly offerTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly peerTimeoutMs: number;
  readonly joinTtlMs: number;
  /** 0: conversations are ended at once. */
  readonly drainTimeoutMs: number;
  /** Without a slash at its end; `null`: nobody is asked. */
  readonly permissionsHost: string | null;
  readonly permissionsRecheckMs: number;
  readonly permissionsGraceMs: number;
  /** `null`: nobody is told. */
  readonly webhooks: WebhookConfig | null;
  readonly recording: RecordingConfig;
  readonly logLevel: SettingValues['LOG_LEVEL'];
}

export interface WebhookConfig {
  readonly url: string;
  readonly secret: string;
  /** An absolute path. */
  readonly spool: string;
  readonly maxWaiting: number;
  readonly ttlMs: number;
}

/** Reads `.env` and the environment. Throws a ServiceError `config` that names every wrong setting. */
export const loadConfig = (): Config => parseConfig(readEnvironment());

/**
 * An unset or empty variable means the default; a variable that is none of ours is none of our business.
 * Throws one ServiceError `config` that names every wrong variable, its value (but no secret) and what is allowed.
 */
export function parseConfig(environment: Environment): Config {
  const values = clean(environment);
  return {
    listen: values.LISTEN,
    trustedProxies: values.TRUSTED_PROXIES.isEmpty ? null : values.TRUSTED_PROXIES,
    proxySecret: values.PROXY_SECRET === '' ? null : values.PROXY_SECRET,
    proxies: proxiesOf(values),
    tls: tlsConfig(values),
    corsOrigins: values.CORS_ORIGINS,
    connectOrigins: values.CONNECT_ORIGINS,
    ...adminConfig(values),
    media: mediaNetwork(values),
    iceDeny: values.ICE_DENY,
    videoCodec: values.VIDEO_CODEC,
    egress: values.EGRESS,
    audioFirst: values.AUDIO_FIRST === 'on',
    maxSlots: values.MAX_SLOTS,
    maxPeers: values.MAX_PEERS,
    maxConversations: values.MAX_CONVERSATIONS,
    maxMembers: values.MAX_MEMBERS,
    maxJoins: values.MAX_JOINS,
    maxNegotiations: values.MAX_NEGOTIATIONS,
    connectRates: { user: values.CONNECT_RATE, address: values.CONNECT_RATE_ADDRESS },
    publishRate: { packets: values.MAX_PACKET_RATE, bytes: values.MAX_BYTE_RATE },
    offerTimeoutMs: values.OFFER_TIMEOUT,
    connectTimeoutMs: values.CONNECT_TIMEOUT,
    peerTimeoutMs: values.PEER_TIMEOUT,
    joinTtlMs: values.JOIN_TTL,
    drainTimeoutMs: values.DRAIN_TIMEOUT,
    permissionsHost: values.PERMISSIONS_HOST === '' ? null : values.PERMISSIONS_HOST,
    permissionsRecheckMs: values.PERMISSIONS_RECHECK,
    permissionsGraceMs: values.PERMISSIONS_GRACE,
    webhooks: webhookConfig(values),
    recording: recordingConfig(values),
    logLevel: values.LOG_LEVEL,
  };
}

/** Whoever must come by a proxy comes by one at least. */
function proxiesOf(values: SettingValues): number {
  const { TRUST_PROXY: proxies, TRUSTED_PROXIES: trusted, PROXY_SECRET: secret } = values;
  if (proxies !== 'auto') return proxies;
  return trusted.isEmpty && secret === '' ? 0 : 1;
}

function tlsConfig({ TLS_CERT: cert, TLS_KEY: key }: SettingValues): Config['tls'] {
  if (cert === '' && key === '') return null;
  if (cert === '' || key === '') throw new ServiceError('config', { detail: 'TLS_CERT and TLS_KEY need each other' });
  return { cert, key };
}

function adminConfig(values: SettingValues): Pick<Config, 'adminListen' | 'adminToken' | 'adminHosts'> {
  const adminListen = values.ADMIN_LISTEN === 'off' ? null : values.ADMIN_LISTEN;
  const adminToken = values.ADMIN_TOKEN === '' ? null : values.ADMIN_TOKEN;
  if (adminListen !== null && isExposed(adminListen) && adminToken === null) {
    const detail = `ADMIN_LISTEN=${formatListen(adminListen)} can be reached by others: it needs an ADMIN_TOKEN`;
    throw new ServiceError('config', { detail });
  }
  return { adminListen, adminToken, adminHosts: values.ADMIN_HOSTS };
}

function webhookConfig(values: SettingValues): WebhookConfig | null {
  if (values.WEBHOOK_URL === '') return null;
  if (values.WEBHOOK_SECRET === '') {
    throw new ServiceError('config', {
      detail: 'WEBHOOK_URL needs a WEBHOOK_SECRET: a webhook is never sent unsigned',
    });
  }
  return {
    url: values.WEBHOOK_URL,
    secret: values.WEBHOOK_SECRET,
    spool: values.WEBHOOK_SPOOL,
    maxWaiting: values.WEBHOOK_MAX_WAITING,
    ttlMs: values.WEBHOOK_TTL,
  };
}

/** A sentence for the operator whose listener anybody can reach with a claim of his own making; null where all is well. */
export function exposureWarning(config: Pick<Config, 'listen' | 'trustedProxies' | 'proxySecret'>): string | null {
  if (!isExposed(config.listen) || config.trustedProxies !== null || config.proxySecret !== null) return null;
  return (
    `LISTEN=${formatListen(config.listen)} can be reached by others, and whoever reaches it is whoever he claims to be: ` +
    'set TRUSTED_PROXIES or PROXY_SECRET, or listen on a loopback address'
  );
}

function clean(environment: Environment): SettingValues {
  const texts: Record<string, string> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const text = environment[name]?.trim() ?? '';
    texts[name] = text === '' ? setting.default : text;
  }
  return cleanEnv(texts, specs(), {
    reporter({ errors }) {
      const wrong = Object.entries(errors).map(([name, error]) => describe(name, texts[name] ?? '', error));
      if (wrong.length > 0) throw new ServiceError('config', { detail: wrong.join('; ') });
    },
  });
}

type Specs = { [K in SettingName]: RequiredValidatorSpec<SettingValues[K]> };

function specs(): Specs {
  const entries = Object.entries(SETTINGS).map(([name, setting]: [string, Setting<unknown>]) => [
    name,
    makeExactValidator((text) => parse(setting, text))({ desc: setting.description }),
  ]);
  return Object.fromEntries(entries) as Specs;
}

function parse(setting: Setting<unknown>, text: string): unknown {
  try {
    return setting.parse(text);
  } catch (error) {
    throw new EnvError(error instanceof Error ? error.message : String(error));
  }
}

function describe(name: string, text: string, error: Error): string {
  const setting: Setting<unknown> | undefined = name in SETTINGS ? SETTINGS[name as SettingName] : undefined;
  const value = setting?.isSecret === true ? `(hidden, ${text.length} characters)` : JSON.stringify(shown(text));
  return `${name}=${value}: ${shown(error.message)}; allowed: ${setting?.allowed ?? 'nothing'}`;
}

const MAX_SHOWN = 120;

/** A value as it may be shown: not endless, and without what may be credentials in a URL. */
function shown(text: string): string {
  const plain = text.replace(/^.*@/s, '***@');
  return plain.length > MAX_SHOWN ? `${plain.slice(0, MAX_SHOWN)}...` : plain;
}
