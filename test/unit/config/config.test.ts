import { resolve } from 'node:path';
import { ServiceError } from '../../../src/base/errors.ts';
import { exposureWarning, parseConfig } from '../../../src/config/config.ts';
import { SETTINGS } from '../../../src/config/settings.ts';
import { MAX_SECTIONS } from '../../../src/sdp/limits.ts';

const detailOf = (environment: Record<string, string>): string => {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'config') return error.detail ?? '';
    throw error;
  }
  return '';
};

describe('parseConfig', () => {
  it('takes as many slots as an offer has sections, and no more', () => {
    expect(parseConfig({ MAX_SLOTS: `${MAX_SECTIONS}` }).maxSlots).toBe(MAX_SECTIONS);
    expect(detailOf({ MAX_SLOTS: `${MAX_SECTIONS + 1}` })).toContain('MAX_SLOTS');
  });

  it('has a default for everything', () => {
    const { trustedProxies, iceDeny, recording, ...rest } = parseConfig({});
    expect(rest).toEqual({
      listen: { host: null, port: 80 },
      proxySecret: null,
      proxies: 0,
      tls: null,
      corsOrigins: [],
      connectOrigins: [],
      media: { addresses: [], announced: [], ports: null, stunServer: null, turnServer: null, dscp: 0 },
      videoCodec: 'vp8',
      egress: 'direct',
      audioFirst: true,
      maxSlots: 32,
      maxPeers: 200,
      maxConversations: 1000,
      maxMembers: 100,
      maxJoins: 10_000,
      maxNegotiations: 100,
      connectRates: { user: 30, address: 300 },
      publishRate: { packets: 4000, bytes: 4_000_000 },
      offerTimeoutMs: 120_000,
      connectTimeoutMs: 30_000,
      peerTimeoutMs: 30_000,
      joinTtlMs: 600_000,
      drainTimeoutMs: 0,
      permissionsHost: null,
      permissionsRecheckMs: 30_000,
      permissionsGraceMs: 300_000,
      adminListen: { host: '127.0.0.1', port: 9090 },
      adminToken: null,
      adminHosts: [],
      webhooks: null,
      logLevel: 'info',
    });
    expect(recording).toMatchObject({
      pipeline: 'record-track',
      directory: resolve('recordings'),
      maxTaps: 20,
      tapBytes: 8 * 2 ** 20,
      diskReserve: 2 ** 30,
      limits: { seconds: 600, bytes: 2 ** 30 },
    });
    expect(recording.isRecorded('tea')).toBe(false);
    expect(trustedProxies).toBeNull();
    expect(iceDeny.isEmpty).toBe(true);
  });

  it('takes every setting', () => {
    const { trustedProxies, iceDeny, recording, ...rest } = parseConfig({
      LISTEN: '127.0.0.1:0',
      TRUSTED_PROXIES: ' 10.0.0.0/8 , 192.0.2.1,',
      PROXY_SECRET: '0123456789abcdef',
      TRUST_PROXY: '2',
      TLS_CERT: '/etc/tls/cert.pem',
      TLS_KEY: '/etc/tls/key.pem',
      CORS_ORIGINS: 'https://A.example/,http://localhost:8080,tauri://localhost',
      CONNECT_ORIGINS: 'https://A.example/',
      ICE_ADDRESSES: '192.0.2.10, 2001:db8::10',
      ICE_DENY: '169.254.0.0/16',
      VIDEO_CODEC: 'H264',
      EGRESS: 'webrtcbin',
      AUDIO_FIRST: 'off',
      MAX_SLOTS: '1',
      MAX_PEERS: '2',
      MAX_CONVERSATIONS: '3',
      MAX_MEMBERS: '4',
      MAX_JOINS: '5',
      MAX_NEGOTIATIONS: '9',
      CONNECT_RATE: '6',
      CONNECT_RATE_ADDRESS: '8',
      MAX_PACKET_RATE: '10',
      MAX_BYTE_RATE: '11',
      OFFER_TIMEOUT: '0.5',
      CONNECT_TIMEOUT: '1',
      PEER_TIMEOUT: '2.25',
      JOIN_TTL: '604800',
      DRAIN_TIMEOUT: '12.5',
      PERMISSIONS_RECHECK: '13',
      PERMISSIONS_GRACE: '0',
      PERMISSIONS_HOST: 'http://permissions:8080/base/',
      ADMIN_LISTEN: '0.0.0.0:9091',
      ADMIN_TOKEN: '0123456789abcdef',
      ADMIN_HOSTS: 'media-1, backend',
      WEBHOOK_URL: 'https://app.example/hooks/',
      WEBHOOK_SECRET: 'fedcba9876543210',
      WEBHOOK_SPOOL: '/var/spool/webhooks',
      WEBHOOK_MAX_WAITING: '7',
      WEBHOOK_TTL: '8',
      RECORD: 'standup-*, *, tea',
      RECORD_PIPELINE: 'record-audio',
      RECORDINGS_DIR: '/var/recordings',
      RECORDINGS_RESERVE: '2',
      MAX_TAPS: '3',
      TAP_BUFFER: '4',
      SEGMENT_SIZE: '5',
      SEGMENT_TIME: '6.5',
      LOG_LEVEL: 'Debug',
    });
    expect(rest).toEqual({
      listen: { host: '127.0.0.1', port: 0 },
      proxySecret: '0123456789abcdef',
      proxies: 2,
      tls: { cert: '/etc/tls/cert.pem', key: '/etc/tls/key.pem' },
      connectOrigins: ['https://a.example'],
      corsOrigins: ['https://a.example', 'http://localhost:8080', 'tauri://localhost'],
      media: {
        addresses: ['192.0.2.10', '2001:db8::10'],
        announced: [],
        ports: null,
        stunServer: null,
        turnServer: null,
        dscp: 0,
      },
      videoCodec: 'h264',
      egress: 'webrtcbin',
      audioFirst: false,
      maxSlots: 1,
      maxPeers: 2,
      maxConversations: 3,
      maxMembers: 4,
      maxJoins: 5,
      maxNegotiations: 9,
      connectRates: { user: 6, address: 8 },
      publishRate: { packets: 10, bytes: 11 },
      offerTimeoutMs: 500,
      connectTimeoutMs: 1000,
      peerTimeoutMs: 2250,
      joinTtlMs: 604_800_000,
      drainTimeoutMs: 12_500,
      permissionsRecheckMs: 13_000,
      permissionsGraceMs: 0,
      permissionsHost: 'http://permissions:8080/base',
      adminListen: { host: '0.0.0.0', port: 9091 },
      adminToken: '0123456789abcdef',
      adminHosts: ['media-1', 'backend'],
      webhooks: {
        url: 'https://app.example/hooks',
        secret: 'fedcba9876543210',
        spool: '/var/spool/webhooks',
        maxWaiting: 7,
        ttlMs: 8_000,
      },
      logLevel: 'debug',
    });
    expect(recording).toMatchObject({
      pipeline: 'record-audio',
      directory: '/var/recordings',
      maxTaps: 3,
      tapBytes: 4 * 2 ** 20,
      diskReserve: 2 * 2 ** 20,
      limits: { seconds: 6.5, bytes: 5 * 2 ** 20 },
    });
    expect(recording.isRecorded('anything')).toBe(true);
    expect(trustedProxies?.contains('192.0.2.1')).toBe(true);
    expect(iceDeny.contains('169.254.7.7')).toBe(true);
  });

  it('takes an empty variable for an unset one, and ignores those of others', () => {
    expect(parseConfig({ LISTEN: ' ', MAX_PEERS: '', PATH: '/bin', LISTENN: 'x' })).toMatchObject({
      listen: { host: null, port: 80 },
      maxPeers: 200,
    });
  });

  it.each([
    ['LISTEN', '80'],
    ['TRUSTED_PROXIES', '10.0.0.0/8;192.0.2.1'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'example.org'],
    ['CORS_ORIGINS', 'https://example.org/path'],
    ['ICE_ADDRESSES', 'eth0'],
    ['ICE_ADDRESSES', '0.0.0.0'],
    ['ICE_ADDRESSES', '::'],
    ['ICE_ADDRESSES', '192.0.2.1/24'],
    ['ICE_DENY', '10.0.0.0/40'],
    ['VIDEO_CODEC', 'av1'],
    ['EGRESS', 'fast'],
    ['RECORD', ','],
    ['RECORD_PIPELINE', '../pipelines/record-track'],
    ['RECORD_PIPELINE', 'record track'],
    ['SEGMENT_TIME', '0'],
    ['TAP_BUFFER', '257'],
    ['MAX_SLOTS', '0'],
    ['MAX_SLOTS', '129'],
    ['MAX_PEERS', '-1'],
    ['MAX_CONVERSATIONS', '1e3'],
    ['MAX_MEMBERS', '1.5'],
    ['MAX_JOINS', 'many'],
    ['CONNECT_RATE', '0x10'],
    ['OFFER_TIMEOUT', '0'],
    ['OFFER_TIMEOUT', '30s'],
    ['CONNECT_TIMEOUT', '-3'],
    ['PEER_TIMEOUT', '604801'],
    ['JOIN_TTL', 'Infinity'],
    ['PERMISSIONS_HOST', 'permissions:8080'],
    ['PERMISSIONS_HOST', 'ftp://permissions'],
    ['PERMISSIONS_HOST', 'http://permissions/?x=1'],
    ['ADMIN_LISTEN', '9090'],
    ['WEBHOOK_URL', 'app.example'],
    ['WEBHOOK_SPOOL', 'a\0b'],
    ['WEBHOOK_MAX_WAITING', '0'],
    ['WEBHOOK_TTL', 'never'],
    ['LOG_LEVEL', 'loud'],
  ] as const)('refuses %s=%j and says variable, value and what is allowed', (name, value) => {
    const detail = detailOf({ [name]: value });
    expect(detail).toContain(`${name}=${JSON.stringify(value)}`);
    expect(detail).toContain(`allowed: ${SETTINGS[name].allowed}`);
  });

  it('lets nobody else reach an admin listener without a token', () => {
    expect(detailOf({ ADMIN_LISTEN: ':9090' })).toContain('ADMIN_LISTEN=:9090 can be reached by others');
    expect(parseConfig({ ADMIN_LISTEN: ':9090', ADMIN_TOKEN: '0123456789abcdef' }).adminListen?.port).toBe(9090);
    expect(parseConfig({ ADMIN_LISTEN: 'off' }).adminListen).toBeNull();
  });

  it.each([
    [{}, 0],
    [{ TRUSTED_PROXIES: '10.0.0.0/8' }, 1],
    [{ PROXY_SECRET: '0123456789abcdef' }, 1],
    [{ PROXY_SECRET: '0123456789abcdef', TRUST_PROXY: '0' }, 0],
    [{ TRUST_PROXY: '3' }, 3],
  ])('with %j takes %i proxies for its own', (environment, proxies) => {
    expect(parseConfig(environment).proxies).toBe(proxies);
  });

  it.each([{ TLS_CERT: 'cert.pem' }, { TLS_KEY: 'key.pem' }])(
    'wants a certificate and its key, not %j alone',
    (environment) => {
      expect(detailOf(environment)).toContain('TLS_CERT and TLS_KEY need each other');
    },
  );

  it('sends no webhook unsigned', () => {
    expect(detailOf({ WEBHOOK_URL: 'https://app.example' })).toContain('WEBHOOK_SECRET');
    expect(parseConfig({ WEBHOOK_SECRET: '0123456789abcdef' }).webhooks).toBeNull();
  });

  it('names every wrong variable in one error', () => {
    const detail = detailOf({ LISTEN: 'x', MAX_PEERS: 'y', JOIN_TTL: 'z', VIDEO_CODEC: 'vp8' });
    for (const text of ['LISTEN="x"', 'MAX_PEERS="y"', 'JOIN_TTL="z"']) expect(detail).toContain(text);
    expect(detail).not.toContain('VIDEO_CODEC');
  });

  it.each(['0123456789abcde', 'with spaces in it, long enough', 'umläute-are-not-for-headers'])(
    'refuses the secret %j without showing it',
    (value) => {
      const detail = detailOf({ PROXY_SECRET: value });
      expect(detail).toContain(`PROXY_SECRET=(hidden, ${value.length} characters)`);
      expect(detail).not.toContain(value);
    },
  );

  it('shows no credentials of a URL, and no endless value', () => {
    expect(detailOf({ PERMISSIONS_HOST: 'http://joe:s3cret/x@host' })).not.toContain('s3cret');
    expect(detailOf({ PERMISSIONS_HOST: 'http://joe:s3cret@host' })).not.toContain('s3cret');
    expect(detailOf({ CORS_ORIGINS: 'x'.repeat(100_000) }).length).toBeLessThan(600);
  });
});

describe('exposureWarning', () => {
  const warning = (environment: Record<string, string>) => exposureWarning(parseConfig(environment));

  it('names the listener that anybody can reach', () => {
    expect(warning({})).toContain('LISTEN=:80');
    expect(warning({ LISTEN: '0.0.0.0:8080' })).toContain('LISTEN=0.0.0.0:8080');
  });

  it.each([
    { LISTEN: '127.0.0.1:80' },
    { LISTEN: '[::1]:80' },
    { TRUSTED_PROXIES: '10.0.0.1' },
    { PROXY_SECRET: '0123456789abcdef' },
  ])('is silent for %j', (environment) => {
    expect(warning(environment as Record<string, string>)).toBeNull();
  });
});
