import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeService } from '../docker/compose-file.ts';
import { readDockerfile, restOf } from '../docker/dockerfile.ts';
import { type NetworkPolicy, ofKind, type Service, workloadOf } from './pod.ts';
import { type Manifest, readManifests, renderKustomization } from './render-kustomization.ts';
import { problemsOf } from './validate-manifests.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const ROOT = path.join(HERE, '..', '..');
const README = readFileSync(path.join(HERE, 'README.md'), 'utf8');
const NAMESPACE_FILE = path.join(HERE, 'namespace.yaml');
const [, image = []] = readDockerfile(new URL('../docker/Dockerfile', import.meta.url));

const embedded = renderKustomization(HERE);
const elasticsearch = renderKustomization(path.join(HERE, 'elasticsearch'));
const service = renderKustomization(path.join(HERE, 'service'));
const ALL = [
  ['the collector', embedded.manifests],
  ['collectors on Elasticsearch', elasticsearch.manifests],
  ['a service', service.manifests],
] as const;
const COLLECTORS = ALL.slice(0, 2);

describe('the manifests', () => {
  it.each(ALL)('are what Kubernetes takes: %s', async (_name, manifests) => {
    expect(await problemsOf(manifests)).toEqual([]);
  });

  it('are so in README.md and in the namespace too', async () => {
    const examples = [...README.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']): Manifest => parse(text));
    expect(examples.map(({ kind }) => kind)).toEqual(['Ingress']);
    expect(await problemsOf([...readManifests(NAMESPACE_FILE), ...examples])).toEqual([]);
  });

  it.each([
    ['an unknown field', '"readOnlyRootFilesystem"', '"readOnlyRootFileSystem"', /readOnlyRootFileSystem/],
    ['an unknown word', '"Parallel"', '"AllAtOnce"', /podManagementPolicy/],
    ['a text for a number', '"replicas":1', '"replicas":"1"', /replicas/],
  ])('would be refused for %s', async (_name, right, wrong, problem) => {
    const broken: Manifest[] = JSON.parse(JSON.stringify(embedded.manifests).replace(right, wrong));
    expect((await problemsOf(broken)).join()).toMatch(problem);
  });

  it('are all in a kustomization but the namespace, which is not deleted with them', () => {
    const used = new Set([embedded, elasticsearch, service].flatMap(({ files }) => files.map((file) => path.relative(HERE, file))));
    const there = globSync('**/*.yaml', { cwd: HERE });
    expect(there.filter((file) => !used.has(file))).toEqual(['namespace.yaml']);
    expect(ALL.flatMap(([, manifests]) => manifests).filter(({ kind }) => kind === 'Namespace')).toEqual([]);
  });

  it.each(COLLECTORS)('are in the namespace that is made for them: %s', (_name, manifests) => {
    const [namespace] = readManifests(NAMESPACE_FILE);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set([namespace?.metadata.name]));
    expect(namespace?.metadata.labels).toEqual({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  it('are applied by the commands of README.md, at paths that are there', () => {
    const paths = [...README.matchAll(/kubectl apply -[fk] (\S+)/g)].map(([, place = '']) => place);
    expect(new Set(paths)).toEqual(
      new Set(['deploy/kubernetes/namespace.yaml', 'deploy/kubernetes', 'deploy/kubernetes/elasticsearch', 'deploy/kubernetes/service']),
    );
    for (const place of paths) expect(existsSync(path.join(ROOT, place)), place).toBe(true);
  });

  it('read only Secrets that README.md makes, each key of them', () => {
    const made = [...README.matchAll(/create secret generic (\S+)((?:[^\n]*\\\n)*[^\n]*)/g)].flatMap(([, secret, rest = '']) =>
      [...rest.matchAll(/--from-(?:literal|file)=([\w.-]+)=/g)].map(([, key]) => `${secret}/${key}`),
    );
    const read = ALL.flatMap(([, manifests]) => secretsOf(manifests));
    expect(new Set(made)).toEqual(new Set(read));
  });
});

describe.each(ALL)('the pods of %s', (_name, manifests) => {
  const { workload, container } = workloadOf(manifests);
  const pod = workload.spec.template.spec;
  const labels = workload.spec.template.metadata.labels;

  it('have no rights that they do not need', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it('get no variables of Services, which the collector would take for settings', () => {
    expect(pod.enableServiceLinks).toBe(false);
  });

  it('are those that the workload, its Services, policies and budgets mean', () => {
    const selectors = [
      workload.spec.selector.matchLabels,
      ...ofKind<Service>(manifests, 'Service').map(({ spec }) => spec.selector),
      ...ofKind<NetworkPolicy>(manifests, 'NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels),
      ...ofKind<{ spec: { selector: { matchLabels: Record<string, string> } } }>(manifests, 'PodDisruptionBudget').map(
        ({ spec }) => spec.selector.matchLabels,
      ),
    ];
    for (const selector of selectors) expect(labels).toMatchObject(selector);
  });

  it('have the ports that Services and probes name', () => {
    const names = container.ports.map(({ name }) => name);
    for (const { spec } of ofKind<Service>(manifests, 'Service'))
      for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
    const { startupProbe, readinessProbe, livenessProbe } = container;
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) if (probe) expect(names).toContain(probe.httpGet.port);
  });

  it('mount only volumes that are there, and all of them', () => {
    const claims = workload.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? [];
    const volumes = pod.volumes?.map(({ name }) => name) ?? [];
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual([...claims, ...volumes].sort());
  });

  it('have an image of one version, and memory', () => {
    expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
    expect(mebibytes(container.resources.limits.memory)).toBeGreaterThan(mebibytes(container.resources.requests.memory));
    expect(container.resources.limits).not.toHaveProperty('cpu');
  });
});

describe.each(COLLECTORS)('%s in a cluster', (_name, manifests) => {
  const { workload, container } = workloadOf(manifests);
  const value = (name: string) => container.env.find((variable) => variable.name === name)?.value ?? '';
  const [policy] = ofKind<NetworkPolicy>(manifests, 'NetworkPolicy');

  it('have the image, the user, the ports and the time to end of docker-compose.yml', () => {
    const compose = composeService('collector');
    expect(container.image).toBe(compose.image);
    expect(container.command).toBeUndefined();
    expect(restOf(image, 'EXPOSE')).toEqual([container.ports.map(({ containerPort }) => containerPort).join(' ')]);
    expect(`${workload.spec.template.spec.terminationGracePeriodSeconds}s`).toBe(compose.stop_grace_period);
    // The number of "node" in Node's images.
    expect(restOf(image, 'USER')).toEqual(['node']);
    expect(workload.spec.template.spec.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 });
  });

  it('keep their data on a volume of their own, which is the directory of the image', () => {
    const [claim] = workload.spec.volumeClaimTemplates ?? [];
    expect(claim?.spec.accessModes).toEqual(['ReadWriteOnce']);
    const [directory] = container.volumeMounts.filter(({ name }) => name === claim?.metadata.name).map(({ mountPath }) => mountPath);
    expect(value('THREADLINE_DATA_DIR')).toBe(directory);
    expect(restOf(image, 'ENV')).toContain(`THREADLINE_DATA_DIR=${directory}`);
  });

  it('have room for what waits beside what is kept', () => {
    const volume = mebibytes(workload.spec.volumeClaimTemplates?.[0]?.spec.resources.requests.storage);
    const queue = mebibytes(value('THREADLINE_QUEUE_BYTES').replace('B', ''));
    // 80 % is what the embedded storage takes of a disk unless told otherwise; some is left for merges and the file system itself.
    const kept = value('THREADLINE_STORAGE') === 'elasticsearch' ? 0 : 0.8;
    expect(queue / volume + kept).toBeLessThan(0.9);
    expect(value('THREADLINE_RETENTION_BYTES')).toBe('');
  });

  it('can be sent to by any pod and read by whom the label allows', () => {
    const [senders, readers, ...others] = policy?.spec.ingress ?? [];
    expect(others).toEqual([]);
    expect(senders).toMatchObject({ from: [{ namespaceSelector: {} }], ports: [{ port: 'otlp-grpc' }, { port: 'otlp-http' }] });
    expect(readers?.ports).toEqual([{ port: 'ui' }]);
    expect(readers?.from).toEqual([{ podSelector: {} }, { namespaceSelector: { matchLabels: { 'threadline/may-read': 'true' } } }]);
    expect(README).toContain('threadline/may-read=true');
  });

  it('ask for keys, whoever comes', () => {
    expect(container.env.map(({ name }) => name)).not.toContain('THREADLINE_AUTH');
    for (const name of ['THREADLINE_INGEST_KEY', 'THREADLINE_READ_KEY'])
      expect(container.env.find((variable) => variable.name === name)?.valueFrom?.secretKeyRef).toMatchObject({ name: 'threadline-keys' });
  });
});

describe('one collector', () => {
  const { workload } = workloadOf(embedded.manifests);

  it('is one, is replaced also when it never started, and calls nobody', () => {
    expect(workload.kind).toBe('StatefulSet');
    expect(workload.spec).toMatchObject({ replicas: 1, podManagementPolicy: 'Parallel', serviceName: 'collector-pods' });
    const [policy] = ofKind<NetworkPolicy>(embedded.manifests, 'NetworkPolicy');
    expect(policy?.spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(policy?.spec.egress).toBeUndefined();
  });

  it('leaves its records when it is deleted', () => {
    expect(workload.spec).toMatchObject({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } });
  });
});

describe('collectors on Elasticsearch', () => {
  const { workload, container } = workloadOf(elasticsearch.manifests);

  it('are several, on several nodes, of which one at a time goes', () => {
    expect(workload.spec.replicas).toBeGreaterThan(1);
    const { template } = workload.spec;
    expect(template.spec).toMatchObject({
      topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: template.metadata.labels } }],
    });
    expect(ofKind(elasticsearch.manifests, 'PodDisruptionBudget')).toMatchObject([{ spec: { maxUnavailable: 1 } }]);
  });

  it('reach Elasticsearch and DNS, and nothing else', () => {
    const url = new URL(container.env.find(({ name }) => name === 'THREADLINE_ELASTICSEARCH_URL')?.value ?? '');
    const [policy] = ofKind<NetworkPolicy>(elasticsearch.manifests, 'NetworkPolicy');
    expect(policy?.spec.egress?.flatMap(({ ports }) => ports)).toEqual([
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
      { port: Number(url.port), protocol: 'TCP' },
    ]);
  });

  it('find the certificate where it is mounted', () => {
    const file = container.env.find(({ name }) => name === 'THREADLINE_ELASTICSEARCH_CA_FILE')?.value ?? '';
    const [mount] = container.volumeMounts.filter(({ mountPath }) => mountPath === path.dirname(file));
    expect(mount?.readOnly).toBe(true);
    const volume = workload.spec.template.spec.volumes?.find(({ name }) => name === mount?.name);
    expect(volume?.secret).toEqual({
      secretName: 'threadline-elasticsearch',
      items: [{ key: path.basename(file), path: path.basename(file) }],
    });
  });
});

describe('a service', () => {
  const { workload, container } = workloadOf(service.manifests);

  it('sends to the Service of the collector', () => {
    const url = new URL(container.env.find(({ name }) => name === 'OTEL_EXPORTER_OTLP_ENDPOINT')?.value ?? '');
    const [collector] = ofKind<Service>(embedded.manifests, 'Service').filter(({ metadata }) => metadata.name === 'collector');
    expect(url.hostname).toBe(`${collector?.metadata.name}.${collector?.metadata.namespace}.svc.cluster.local`);
    expect(collector?.spec.ports.find(({ port }) => String(port) === url.port)?.name).toBe('otlp-http');
  });

  it('has the tag of its image as its version', () => {
    expect(workload.spec.template.metadata.labels['app.kubernetes.io/version']).toBe(container.image.split(':')[1]);
  });

  it('keeps what waits on a volume that has room for what a process before it left', () => {
    const directory = container.env.find(({ name }) => name === 'THREADLINE_SDK_SPOOL_DIR')?.value;
    const mount = container.volumeMounts.find(({ mountPath }) => mountPath === directory);
    const volume = workload.spec.template.spec.volumes?.find(({ name }) => name === mount?.name);
    expect(volume?.emptyDir).toEqual({ sizeLimit: '640Mi' });
  });
});

/** `name/key` of each Secret's entry that the pods read. */
function secretsOf(manifests: readonly Manifest[]): string[] {
  const { workload, container } = workloadOf(manifests);
  const variables = container.env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef] : []));
  const files = (workload.spec.template.spec.volumes ?? []).flatMap(({ secret }) =>
    secret === undefined ? [] : Object(secret.items).map(({ key }: { key: string }) => `${secret.secretName}/${key}`),
  );
  return [...variables.map(({ name, key }) => `${name}/${key}`), ...files];
}

function mebibytes(quantity = ''): number {
  const [, digits, unit = ''] = /^(\d+)([MG]i)$/.exec(quantity) ?? [];
  const mebibytesOf: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };
  return Number(digits) * (mebibytesOf[unit] ?? Number.NaN);
}
