import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContainerProcess, runInContainer, startContainerProcess } from '../docker/container-process.ts';
import { readDockerfile, restOf } from '../docker/dockerfile.ts';
import { environmentOf, graceMillis, ofKind, type Service, workloadOf } from './pod.ts';
import { renderKustomization } from './render-kustomization.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const ROOT = path.join(HERE, '..', '..');
const [, image = []] = readDockerfile(new URL('../docker/Dockerfile', import.meta.url));
const COMMAND: string[] = JSON.parse(restOf(image, 'CMD')[0] ?? '[]');

const SECRETS = {
  'threadline-keys/ingest-key': 'a-key-to-send',
  'threadline-keys/read-key': 'a-key-to-read',
  'threadline-ingest/ingest-key': 'a-key-to-send',
  'threadline-elasticsearch/api-key': 'a-key-of-the-cluster',
};
/** Several pods of tests share this machine: the system chooses. */
const PORTS = { THREADLINE_OTLP_HTTP_PORT: '0', THREADLINE_OTLP_GRPC_PORT: '0', THREADLINE_UI_PORT: '0' };

const embedded = renderKustomization(HERE).manifests;
const collector = workloadOf(embedded);
const scratch = mkdtempSync(path.join(tmpdir(), 'threadline-kubernetes-'));

afterAll(() => rmSync(scratch, { recursive: true }));

/** The image's command with the environment that the kubelet makes of the manifests. Only ports and folders are this machine's. */
describe('the collector of the manifests', () => {
  const environment = {
    ...environmentOf(collector.container, { secrets: SECRETS, fields: {} }),
    ...PORTS,
    THREADLINE_DATA_DIR: path.join(scratch, 'data'),
  };
  let running: ContainerProcess;
  let ports: { readonly ui: number; readonly otlpHttp: number };

  beforeAll(async () => {
    running = startContainerProcess(COMMAND, { directory: ROOT, environment });
    ports = portsOf(await running.ready);
  });

  afterAll(() => running.stop());

  it.each(['10.244.1.7', '[fd00:10:244::7]'])(
    'answers the probes, which the kubelet sends to the address of a pod: %s',
    async (address) => {
      const { startupProbe, readinessProbe, livenessProbe } = collector.container;
      for (const probe of [startupProbe, readinessProbe, livenessProbe])
        expect(
          await ask(ports.ui, { path: probe?.httpGet.path, host: `${address}:4319`, headers: { 'user-agent': 'kube-probe/1.34' } }),
        ).toBe(200);
    },
  );

  it('is asked under the name of its Service, and under no other', async () => {
    const [ui] = ofKind<Service>(embedded, 'Service').filter(({ spec }) => spec.ports.some(({ name }) => name === 'ui'));
    const name = `${ui?.metadata.name}.${ui?.metadata.namespace}`;
    const headers = { authorization: `Bearer ${SECRETS['threadline-keys/read-key']}` };
    for (const host of [name, `${name}.svc`, `${name}.svc.cluster.local`])
      expect(await ask(ports.ui, { path: '/api/v1/services', host: `${host}:4319`, headers }), host).toBe(200);
    expect(await ask(ports.ui, { path: '/api/v1/services', host: 'evil.example:4319', headers })).toBe(403);
  });

  it('wants the key to send, whatever the name it is sent to, and the key to read', async () => {
    const post = { method: 'POST', path: '/v1/logs', host: 'collector.threadline.svc.cluster.local:4318', body: '{"resourceLogs":[]}' };
    const headers = { 'content-type': 'application/json' };
    const withKey = { ...headers, authorization: `Bearer ${SECRETS['threadline-keys/ingest-key']}` };
    expect(await ask(ports.otlpHttp, { ...post, headers })).toBe(401);
    expect(await ask(ports.otlpHttp, { ...post, headers: withKey })).toBe(200);
    expect(await ask(ports.ui, { path: '/api/v1/services', host: 'localhost:4319' })).toBe(401);
  });

  it('ends within the time that it is given, though a sender never finishes', async () => {
    const other = startContainerProcess(COMMAND, {
      directory: ROOT,
      environment: { ...environment, THREADLINE_DATA_DIR: path.join(scratch, 'other') },
    });
    const { otlpHttp } = portsOf(await other.ready);
    const socket = connect(otlpHttp, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRETS['threadline-keys/ingest-key']}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`,
    );
    // Answered behind the open one, so that that has come too.
    expect(await ask(otlpHttp, { path: '/', host: 'x' })).toBeGreaterThanOrEqual(200);
    const from = performance.now();
    await other.stop();
    expect(performance.now() - from).toBeLessThan(graceMillis(workloadOf(onElasticsearch())));
  });

  it('would not start with the variables that Kubernetes adds for Services of such names', async () => {
    const links = { THREADLINE_SERVICE_HOST: '10.96.0.7', THREADLINE_PORT: 'tcp://10.96.0.7:4318' };
    const { exitCode, output } = await runInContainer(COMMAND, { directory: ROOT, environment: { ...environment, ...links } });
    expect(exitCode).toBe(1);
    expect(output).toContain('THREADLINE_SERVICE_HOST is not a setting');
  });
});

describe('the collectors of the manifests for Elasticsearch', () => {
  const environment = {
    ...environmentOf(workloadOf(onElasticsearch()).container, { secrets: SECRETS, fields: {} }),
    ...PORTS,
    THREADLINE_DATA_DIR: path.join(scratch, 'elasticsearch'),
    THREADLINE_ELASTICSEARCH_CA_FILE: path.join(scratch, 'ca.crt'),
    THREADLINE_ELASTICSEARCH_URL: 'https://127.0.0.1:1',
  };

  it('have settings with which only the cluster is missing', async () => {
    writeFileSync(environment.THREADLINE_ELASTICSEARCH_CA_FILE, rootCertificates[0] ?? '');
    const { exitCode, output } = await runInContainer(COMMAND, { directory: ROOT, environment });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^threadline: .*https:\/\/127\.0\.0\.1:1/);
    expect(output).not.toMatch(/is not a setting|must be|two ways|of no use/);
  });
});

describe('a service of the manifests', () => {
  const example = workloadOf(renderKustomization(path.join(HERE, 'service')).manifests);
  /** In the checkout, where the SDK is found among the packages. */
  const directory = path.join(ROOT, '.cache', 'kubernetes-service');
  let running: ContainerProcess;

  beforeAll(() => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, 'server.js'), SERVER);
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  it('is seen with its version and under its pod, and sends what it did last before it ends', async () => {
    running = startContainerProcess(COMMAND, {
      directory: ROOT,
      environment: {
        ...environmentOf(collector.container, { secrets: SECRETS, fields: {} }),
        ...PORTS,
        THREADLINE_DATA_DIR: path.join(scratch, 'of-service'),
      },
    });
    try {
      const { ui, otlpHttp } = portsOf(await running.ready);
      const spool = path.join(scratch, 'spool');
      const environment = {
        ...environmentOf(example.container, {
          secrets: SECRETS,
          fields: {
            "metadata.labels['app.kubernetes.io/name']": 'orders',
            "metadata.labels['app.kubernetes.io/version']": '1.4.2',
            'metadata.namespace': 'shop',
            'metadata.name': 'orders-6f7c9d-x2x7q',
            'spec.nodeName': 'node-3',
          },
        }),
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpHttp}`,
        THREADLINE_SDK_SPOOL_DIR: spool,
      };
      const service = startContainerProcess(example.container.command ?? [], { directory, environment });
      const port = Number(await service.ready);
      expect(await ask(port, { path: '/orders/1', host: 'orders' })).toBe(200);
      const from = performance.now();
      await service.stop();
      expect(performance.now() - from).toBeLessThan(graceMillis(example));

      const api = `http://127.0.0.1:${ui}/api/v1`;
      await expect
        .poll(() => read(`${api}/services/orders/deployments`), { timeout: 30_000 })
        .toMatchObject({ deployments: [{ version: '1.4.2', instances: [{ instance: 'orders-6f7c9d-x2x7q' }] }] });
      const { traces }: { traces: { traceId: string }[] } = await read(`${api}/traces?query=service:orders`);
      const { spans }: Trace = await read(`${api}/traces/${traces[0]?.traceId}`);
      const attributes = Object.fromEntries(spans[0]?.resource.attributes.map(({ key, value }) => [key, value.stringValue]) ?? []);
      expect(attributes).toMatchObject({
        'service.name': 'orders',
        'service.version': '1.4.2',
        'service.instance.id': 'orders-6f7c9d-x2x7q',
        'k8s.namespace.name': 'shop',
        'k8s.pod.name': 'orders-6f7c9d-x2x7q',
        'k8s.node.name': 'node-3',
        'k8s.container.name': 'orders',
      });
    } finally {
      await running.stop();
    }
  });
});

/** Answers each request and, told to end, lets what is under way end: as any service in a pod should. */
const SERVER = `
import { createServer } from 'node:http';
const server = createServer((request, response) => response.end('{}'));
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.once('SIGTERM', () => server.close(() => process.disconnect()));
`;

function onElasticsearch() {
  return renderKustomization(path.join(HERE, 'elasticsearch')).manifests;
}

/** The ports of the message that a collector sends when it is ready. */
function portsOf(message: unknown): { readonly ui: number; readonly otlpHttp: number } {
  const { ui, otlpHttp } = Object(message).addresses;
  return { ui: Number(new URL(ui).port), otlpHttp: Number(new URL(otlpHttp).port) };
}

interface Trace {
  readonly spans: readonly { readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] } }[];
}

/** What the query API answers to who has the read key. */
async function read<T>(url: string): Promise<T> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${SECRETS['threadline-keys/read-key']}` } });
  return JSON.parse(await response.text());
}

interface Question {
  readonly method?: string;
  readonly path?: string | undefined;
  /** As the Host header has it. */
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The status of the answer. `fetch` would write a Host header of its own. */
async function ask(port: number, { host, headers, body, ...question }: Question): Promise<number | undefined> {
  const answer = Promise.withResolvers<number | undefined>();
  request({ ...question, port, host: '127.0.0.1', headers: { ...headers, host }, agent: false }, (response) => {
    response.resume().once('end', () => answer.resolve(response.statusCode));
  })
    .once('error', answer.reject)
    .end(body);
  return answer.promise;
}
