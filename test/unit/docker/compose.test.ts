// docker/compose.yml and what it mounts: no container engine here reads them, so what must hold is checked one by one.
import { existsSync, readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { exposureWarning, parseConfig } from '../../../src/config/config.ts';
import { SETTINGS } from '../../../src/config/settings.ts';

const FOLDER = fileURLToPath(new URL('../../../docker/', import.meta.url));
const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string } | null>>;
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [key: string]: unknown;
}
interface Network {
  readonly internal?: boolean;
  readonly ipam: { readonly config: readonly [{ readonly subnet: string }] };
}

const TEXT = read('compose.yml');
const compose = parse(TEXT, { merge: true }) as {
  services: Record<'traefik' | 'auth' | 'backend-webrtc' | 'coturn', Service> & Record<string, Service>;
  networks: Record<string, Network>;
  volumes: Record<string, null>;
};
const { services, networks } = compose;
const all = Object.entries(services);

const addressOf = (service: string, network: string): string => {
  const own = services[service]?.networks ?? [];
  const address = Array.isArray(own) ? undefined : (own as Record<string, { ipv4_address?: string }>)[network];
  return address?.ipv4_address ?? '';
};
/** With an answer for each variable. */
const filled = (environment: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.replace('${PUBLIC_ADDRESS:?see docker/example.env}', '203.0.113.5').replace(/\$\{.*\}/, 'x'.repeat(64)),
    ]),
  );
const own = filled(services['backend-webrtc'].environment);

describe('every service', () => {
  it.each(all)('%s can do no more than it must', (name, service) => {
    expect(service).toMatchObject({
      restart: 'unless-stopped',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service['privileged'] ?? service['network_mode'] ?? service['pid']).toBeUndefined();
    expect([name, service['cap_add'] ?? []]).toEqual([name, name === 'coturn' ? ['NET_BIND_SERVICE'] : []]);
    expect([name, service['read_only']]).toEqual([name, service['profiles'] === undefined]);
  });

  it.each(all)('%s is of a version that is named, and mounts what there is', (_name, { image, volumes = [] }) => {
    expect(image).toMatch(/^(backend-webrtc|[\w./-]+:v?\d+\.[\w.-]+)$/);
    for (const volume of volumes) {
      const [source = '', , mode] = volume.split(':');
      if (source.startsWith('./'))
        expect([source, existsSync(join(FOLDER, source)), mode]).toEqual([source, true, 'ro']);
      else expect(compose.volumes).toHaveProperty(source);
    }
  });

  it('has an address of its own where one is named, in the network that it is in', () => {
    const addresses = all.flatMap(([name]) =>
      Object.keys(networks).map((network) => ({ network, address: addressOf(name, network) })),
    );
    const named = addresses.filter(({ address }) => address !== '');
    expect(new Set(named.map(({ address }) => address)).size).toBe(named.length);
    expect(named.length).toBe(5);
    for (const { network, address } of named) {
      const [subnet = '', bits] = networks[network]?.ipam.config[0].subnet.split('/') ?? [];
      const list = new BlockList();
      list.addSubnet(subnet, Number(bits));
      expect([network, address, list.check(address)]).toEqual([network, address, true]);
    }
  });
});

it('is reached from outside where it says, and nowhere else', () => {
  const published = Object.fromEntries(all.map(([name, { ports = [] }]) => [name, ports]));
  expect(published).toEqual({
    traefik: ['80:8080', '443:8443'],
    auth: [],
    'backend-webrtc': [`${own['UDP_PORTS']}:${own['UDP_PORTS']}/udp`],
    coturn: ['3478:3478/udp', '3478:3478/tcp'],
    prometheus: [],
    grafana: ['127.0.0.1:3000:3000'],
  });
  expect(Object.entries(networks).map(([name, { internal }]) => [name, internal])).toEqual([
    ['edge', undefined],
    ['inside', true],
    ['relay', true],
  ]);
});

it('asks for every variable of example.env, and for no other; none has a value of ours', () => {
  const asked = [...TEXT.matchAll(/\$\{([A-Z_]+)(.*?)\}/g)].map(([, name = '', rest]) => ({ name, rest }));
  expect(new Set(asked.map(({ rest }) => rest))).toEqual(new Set([':?see docker/example.env']));
  const offered = [...read('example.env').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value]) => ({
    name,
    value,
  }));
  expect(offered.filter(({ value }) => value !== '')).toEqual([]);
  expect(offered.map(({ name }) => name).sort()).toEqual([...new Set(asked.map(({ name }) => name))].sort());
});

describe('the service', () => {
  const config = parseConfig(own);

  it('takes its settings, which are all its own', () => {
    expect(Object.keys(own).filter((name) => !(name in SETTINGS))).toEqual([]);
    expect(exposureWarning(config)).toBeNull();
    expect(config.proxySecret).not.toBeNull();
    expect(config.adminToken).not.toBeNull();
  });

  it('listens inside only, to traefik', () => {
    expect(config.listen).toEqual({ host: addressOf('backend-webrtc', 'inside'), port: 8080 });
    expect(config.adminListen?.host).toBe(addressOf('backend-webrtc', 'inside'));
    expect(own['TRUSTED_PROXIES']).toBe(addressOf('traefik', 'inside'));
    expect(own['PROXY_SECRET']).toBe(filled(services.traefik.environment)['PROXY_SECRET']);
  });

  it('has a port for every connection, on the address that is announced, and one that coturn reaches', () => {
    const [edge, relay] = [addressOf('backend-webrtc', 'edge'), addressOf('backend-webrtc', 'relay')];
    expect(config.media.addresses).toEqual([edge, relay]);
    expect(config.media.announced).toEqual([{ local: edge, address: '203.0.113.5' }]);
  });

  it('sends no media inside, whatever an offer says, but to coturn', () => {
    for (const name of ['traefik', 'backend-webrtc'])
      expect(config.iceDeny.contains(addressOf(name, 'inside'))).toBe(true);
    expect(own['ICE_DENY']).toBe(networks['inside']?.ipam.config[0].subnet);
    expect(config.iceDeny.contains(addressOf('coturn', 'relay'))).toBe(false);
  });

  it('gets the time that it gives calls, and 10 s', () => {
    const [, grace] = /^(\d+)s$/.exec(services['backend-webrtc'].stop_grace_period ?? '') ?? [];
    expect(Number(grace) * 1000).toBe(config.drainTimeoutMs + 10_000);
  });

  it('has two arenas of malloc, as one that npm starts', () => {
    const { scripts } = JSON.parse(read('../package.json')) as { scripts: Readonly<Record<string, string>> };
    expect(read('../Dockerfile')).toMatch(/^ {4}MALLOC_ARENA_MAX=2 /m);
    expect(scripts['start']).toMatch(/^MALLOC_ARENA_MAX=\$\{MALLOC_ARENA_MAX:-2\} node /);
  });

  it('is asked how it is, as the others are', () => {
    expect(read('../Dockerfile')).toMatch(/^HEALTHCHECK .* CMD \["node", "docker\/healthcheck\.mjs"\]$/m);
    for (const name of ['traefik', 'auth']) expect(services[name]?.healthcheck?.test[0]).toBe('CMD');
  });
});

describe('traefik', () => {
  const { http } = parse(read('traefik/dynamic.yml')) as {
    http: { routers: object; middlewares: object; services: object };
  };

  it('takes away what a client may not say, asks who he is, and proves itself, in this order', () => {
    expect(http.routers).toEqual({
      'backend-webrtc': {
        rule: 'Host(`{{ env "DOMAIN" }}`) && (Path(`/connect`) || PathPrefix(`/join/`))',
        entryPoints: ['websecure'],
        tls: { certResolver: 'letsencrypt' },
        middlewares: ['strip', 'authenticate', 'prove'],
        service: 'backend-webrtc',
      },
    });
    expect(http.middlewares).toEqual({
      // An empty value removes the header.
      strip: { headers: { customRequestHeaders: { 'X-User-Claim': '', 'X-Proxy-Secret': '' } } },
      authenticate: {
        forwardAuth: {
          address: `http://auth${services.auth.environment?.['LISTEN'] ?? ''}/auth`,
          trustForwardHeader: false,
          authRequestHeaders: ['Authorization'],
          authResponseHeaders: ['X-User-Claim'],
          maxResponseBodySize: 4096,
        },
      },
      prove: { headers: { customRequestHeaders: { 'X-Proxy-Secret': '{{ env "PROXY_SECRET" }}' } } },
    });
  });

  it('leads to where the service listens, and has the variables that it fills in', () => {
    expect(http.services).toEqual({
      'backend-webrtc': { loadBalancer: { servers: [{ url: `http://${own['LISTEN'] ?? ''}` }] } },
    });
    const named = [...read('traefik/dynamic.yml').matchAll(/env "([A-Z_]+)"/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(Object.keys(services.traefik.environment ?? {}).sort());
  });

  it('writes no log that would hold tokens', () => {
    expect(services.traefik.command?.filter((word) => /accesslog|log\.level|api/.test(word))).toEqual([]);
  });
});

describe('coturn', () => {
  const lines = read('coturn/turnserver.conf').split('\n');
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

  it('leads to the service and nowhere else', () => {
    expect(values('denied-peer-ip')).toEqual(['0.0.0.0-255.255.255.255', expect.stringMatching(/^::-(ffff:){7}ffff$/)]);
    expect(values('allowed-peer-ip')).toEqual([addressOf('backend-webrtc', 'relay')]);
    expect(values('relay-ip')).toEqual([addressOf('coturn', 'relay')]);
    expect(lines).toEqual(expect.arrayContaining(['no-tcp-relay', 'no-multicast-peers', 'no-cli']));
  });

  it('knows names that end by themselves, and no others', () => {
    expect(lines).toContain('use-auth-secret');
    expect(lines.filter((line) => /^(user=|no-auth|lt-cred-mech|static-auth-secret)/.test(line))).toEqual([]);
    expect(services.coturn.command?.at(-1)).toBe('--static-auth-secret=${TURN_SECRET:?see docker/example.env}');
  });
});

describe('monitoring', () => {
  const { scrape_configs } = parse(read('prometheus/prometheus.yml')) as {
    scrape_configs: { authorization: { credentials_file: string }; static_configs: { targets: string[] }[] }[];
  };
  const [source] = (
    parse(read('grafana/provisioning/datasources/prometheus.yml')) as { datasources: { url: string }[] }
  ).datasources;
  const [provider] = (
    parse(read('grafana/provisioning/dashboards/backend-webrtc.yml')) as { providers: { options: { path: string } }[] }
  ).providers;

  it('is there only where it is asked for', () => {
    const asked = all.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name);
    expect(asked).toEqual(['prometheus', 'grafana']);
    expect(services['prometheus']?.['profiles']).toEqual(['monitoring']);
    expect(services['grafana']?.['profiles']).toEqual(['monitoring']);
  });

  it('asks the admin listener by a name that it answers to, with its token', () => {
    const [job] = scrape_configs;
    const port = parseConfig(own).adminListen?.port ?? 0;
    expect(job?.static_configs).toEqual([{ targets: [`${own['ADMIN_HOSTS'] ?? ''}:${port}`] }]);
    const { secrets } = parse(TEXT) as { secrets: object };
    expect(secrets).toEqual({ 'admin-token': { environment: 'ADMIN_TOKEN' } });
    expect(services['prometheus']?.['secrets']).toEqual(['admin-token']);
    expect(job?.authorization.credentials_file).toBe('/run/secrets/admin-token');
  });

  it('shows what Prometheus has, on the dashboard that is mounted', () => {
    expect(source?.url).toBe('http://prometheus:9090');
    expect(services['grafana']?.volumes).toContain(`./grafana/dashboards:${provider?.options.path ?? ''}:ro`);
  });
});
