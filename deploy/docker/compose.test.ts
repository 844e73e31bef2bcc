import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import { COMPOSE_FILE, readComposeFile } from './compose-file.ts';

const file = readComposeFile();
const services = Object.entries(file.services);
const published = services.flatMap(([, { ports = [] }]) => ports);

/** Of the linter's rules those that say what is right; the others are about the order of keys. */
const CHECKED_RULES: ReadonlySet<string> = new Set([
  'invalid-schema',
  'no-unbound-port-interfaces',
  'no-duplicate-exported-ports',
  'service-image-require-explicit-tag',
]);

describe('docker-compose.yml', () => {
  it('is as the schema of Compose has it, and published and tagged as the rules want', () => {
    expect(rulesBrokenBy(COMPOSE_FILE)).toEqual([]);
  });

  it.each([
    ['invalid-schema', 'mem_limit: 2g', 'mem_limitt: 2g'],
    ['no-unbound-port-interfaces', '127.0.0.1:4317:4317', '4317:4317'],
    ['service-image-require-explicit-tag', 'elasticsearch:9.5.3', 'elasticsearch'],
  ])('would be refused (%s) with "%s" as "%s"', (rule, right, wrong) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'threadline-compose-'));
    try {
      const broken = path.join(directory, 'docker-compose.yml');
      writeFileSync(broken, readFileSync(COMPOSE_FILE, 'utf8').replace(right, wrong));
      expect(rulesBrokenBy(broken)).toEqual([rule]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('has the storage, the collector with its UI, and the demo', () => {
    expect(Object.keys(file.services).sort()).toEqual(['collector', 'demo', 'elasticsearch']);
    expect(file.services.collector?.environment.THREADLINE_STORAGE).toBe('elasticsearch');
  });

  it('publishes to this machine alone', () => {
    expect(published.length).toBeGreaterThan(0);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(published).toEqual(expect.arrayContaining(['127.0.0.1:4317:4317', '127.0.0.1:4318:4318', '127.0.0.1:4319:4319']));
  });

  it('keeps Elasticsearch, which runs without security, on a network that nobody else can reach', () => {
    expect(file.services.elasticsearch?.ports).toBeUndefined();
    expect(file.services.elasticsearch?.networks).toEqual(['storage']);
    expect(file.networks.storage).toEqual({ internal: true });
    const others = services.filter(
      ([name, { networks }]) => name !== 'collector' && name !== 'elasticsearch' && networks.includes('storage'),
    );
    expect(others).toEqual([]);
  });

  it.each(services)('pins the version of %s', (_name, { image }) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it.each(services)('checks the health of %s and keeps its data in a named volume', (_name, { healthcheck, volumes }) => {
    expect(healthcheck.test[0]).toBe('CMD');
    expect(healthcheck.retries).toBeGreaterThan(0);
    for (const text of [healthcheck.interval, healthcheck.timeout]) expect(text).toMatch(/^\d+s$/);
    expect(volumes).toHaveLength(1);
    for (const volume of volumes) expect(Object.keys(file.volumes)).toContain(volume.split(':')[0]);
  });

  it.each(services)('gives %s no rights that it does not need', (name, service) => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service.privileged).toBeUndefined();
    // Nobody makes it root again; the images' own users are checked in the Dockerfile's test.
    expect(service.user).toBeUndefined();
    if (name !== 'elasticsearch') expect(service.read_only).toBe(true);
  });

  it('starts each once what it needs is healthy', () => {
    expect(file.services.collector?.depends_on).toEqual({ elasticsearch: { condition: 'service_healthy' } });
    expect(file.services.demo?.depends_on).toEqual({ collector: { condition: 'service_healthy' } });
  });

  it('is built from a Dockerfile that exists', () => {
    const { context = '', dockerfile = '' } = file.services.collector?.build ?? {};
    expect(existsSync(path.join(path.dirname(COMPOSE_FILE), context, dockerfile))).toBe(true);
  });

  it('lets the demo use the image that the collector builds', () => {
    expect(file.services.demo?.image).toBe(file.services.collector?.image);
  });
});

function rulesBrokenBy(composeFile: string): string[] {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  // The package's own types are lost in its build; these are the fields that are read.
  const findings: readonly { readonly messages: readonly { readonly rule: string }[] }[] = linter.lintFiles([composeFile], false);
  return findings.flatMap(({ messages }) => messages.map(({ rule }) => rule)).filter((rule) => CHECKED_RULES.has(rule));
}
