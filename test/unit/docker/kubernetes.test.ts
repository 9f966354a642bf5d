// docker/kubernetes: no cluster here reads it, so what must hold is checked one by one.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { exposureWarning, parseConfig } from '../../../src/config/config.ts';
import { SETTINGS } from '../../../src/config/settings.ts';

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: [string, string] } } };
  readonly [key: string]: unknown;
}
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
  readonly [key: string]: unknown;
}

const url = new URL('../../../docker/kubernetes/backend-webrtc.yaml', import.meta.url);
const documents = parseAllDocuments(readFileSync(url, 'utf8'));
const [daemons, service] = documents.map((document) => document.toJS() as unknown) as [
  { kind: string; spec: { selector: { matchLabels: object }; template: { metadata: object; spec: Pod } } },
  { kind: string; spec: object },
];
const pod = daemons.spec.template.spec;
const [container] = pod.containers;
/** With an address of the node, and the secrets. */
const environment = {
  ...Object.fromEntries(
    container.env.map(({ name, value = '' }) => [name, value.replace('$(NODE_ADDRESS)', '10.0.0.7')]),
  ),
  PROXY_SECRET: 'x'.repeat(64),
  ADMIN_TOKEN: 'y'.repeat(64),
};
const config = parseConfig(environment);

it('is YAML of two objects that belong together', () => {
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  expect([daemons.kind, service.kind]).toEqual(['DaemonSet', 'Service']);
  expect(daemons.spec.template.metadata).toEqual({ labels: daemons.spec.selector.matchLabels });
  expect(service.spec).toMatchObject({ selector: daemons.spec.selector.matchLabels });
});

it('has one pod on a node, in its network, and no second one beside it', () => {
  expect(pod).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
  expect(daemons.spec).toMatchObject({ updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } });
});

it('gives the service settings that it takes, and listens where the internet is not', () => {
  const known = container.env.map(({ name }) => name).filter((name) => name !== 'NODE_ADDRESS');
  expect(known.filter((name) => !(name in SETTINGS))).toEqual([]);
  expect(container).toMatchObject({ envFrom: [{ secretRef: { name: 'backend-webrtc' } }] });
  expect([config.listen.host, config.adminListen?.host]).toEqual(['10.0.0.7', '10.0.0.7']);
  expect(exposureWarning(config)).toBeNull();
  expect(container.ports).toEqual([
    { name: 'public', containerPort: config.listen.port },
    { name: 'admin', containerPort: config.adminListen?.port },
  ]);
});

it('is asked by the admin listener whether it is ready, and whether it lives', () => {
  const probe = (path: string) => ({ httpGet: { path, port: 'admin' } });
  expect(container).toMatchObject({
    readinessProbe: probe('/readyz'),
    livenessProbe: probe('/healthz'),
    startupProbe: probe('/healthz'),
  });
});

it('gets the time that it gives calls, what preStop takes, and 10 s', () => {
  const [program, seconds] = container.lifecycle.preStop.exec.command;
  expect(program).toBe('sleep');
  expect(pod.terminationGracePeriodSeconds * 1000).toBe(config.drainTimeoutMs + Number(seconds) * 1000 + 10_000);
});

it('can do no more than it must', () => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(container['securityContext']).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(container).toMatchObject({ volumeMounts: [{ mountPath: '/data' }] });
});
