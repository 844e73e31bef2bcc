import { describe, expect, it } from 'vitest';
import { ConfigError, isLoopback, parseConfig, SETTINGS } from './config.ts';

describe('the settings', () => {
  it('have their defaults when nothing is set, or nothing is in what is set', () => {
    const config = parseConfig({ PATH: '/bin', THREADLINE_HOST: '', THREADLINE_READ_KEY: ' ' });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      otlpHttpPort: 4318,
      otlpGrpcPort: 4317,
      uiPort: 4319,
      storage: 'embedded',
      readKey: undefined,
      isOpen: false,
      uiAllowedHosts: [],
    });
    expect(config.dataDirectory).toMatch(/\/data$/);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each(Object.values(SETTINGS))('take the example of $name', (setting) => {
    const keys = { THREADLINE_INGEST_KEY: 'a', THREADLINE_READ_KEY: 'b' };
    expect(() => parseConfig({ ...keys, [setting.name]: setting.example })).not.toThrow();
  });

  it('ignore those of the SDK', () => {
    expect(() => parseConfig({ THREADLINE_SDK_ANYTHING: 'x' })).not.toThrow();
  });
});

describe('a setting that is wrong', () => {
  it.each([
    [
      { THREADLINE_OTLP_HTP_PORT: '1' },
      'THREADLINE_OTLP_HTP_PORT is not a setting of the collector; did you mean THREADLINE_OTLP_HTTP_PORT?',
    ],
    [{ THREADLINE_DATADIR: 'x' }, 'did you mean THREADLINE_DATA_DIR?'],
    [
      { THREADLINE_SERVICE_HOST: '10.96.0.7' },
      'THREADLINE_SERVICE_HOST is not a setting of the collector; Kubernetes makes it for a Service of that name: set enableServiceLinks: false in the pod',
    ],
    [{ THREADLINE_UI_PORT_4319_TCP_ADDR: '10.96.0.7' }, 'set enableServiceLinks: false in the pod'],
    [{ THREADLINE_PORT: 'tcp://10.96.0.7:4318' }, 'set enableServiceLinks: false in the pod'],
    [{ THREADLINE_READ_KEYS: 'x' }, 'did you mean THREADLINE_READ_KEY?'],
    ...['OTLP_PORT', 'PORT', 'LOG_LEVEL', 'TLS_CERT', 'SDK'].map((name): [Record<string, string>, string] => [
      { [`THREADLINE_${name}`]: 'x' },
      `THREADLINE_${name} is not a setting of the collector; README.md lists all. Unset it`,
    ]),
    [{ THREADLINE_UI_PORT: '65536' }, 'THREADLINE_UI_PORT must be a port from 0 to 65535'],
    [{ THREADLINE_UI_PORT: '80a' }, 'THREADLINE_UI_PORT must be a port'],
    [{ THREADLINE_UI_PORT: '-1' }, 'THREADLINE_UI_PORT must be a port'],
    [{ THREADLINE_STORAGE: 'Elastic' }, 'THREADLINE_STORAGE must be embedded or elasticsearch'],
    [{ THREADLINE_ELASTICSEARCH_URL: 'localhost:9200' }, 'THREADLINE_ELASTICSEARCH_URL must be a URL that starts with http:// or https://'],
    [{ THREADLINE_ELASTICSEARCH_URL: 'http://a:9200,b:9200' }, 'THREADLINE_ELASTICSEARCH_URL must be a URL that starts with'],
    [
      { THREADLINE_ELASTICSEARCH_URL: 'http://user:100%@a:9200' },
      'THREADLINE_ELASTICSEARCH_URL must have %25 for each % of a user or a password',
    ],
    [{ THREADLINE_ELASTICSEARCH_URL: 'http://pa%ss@a:9200' }, 'THREADLINE_ELASTICSEARCH_URL must have %25'],
    [{ THREADLINE_ELASTICSEARCH_SHARDS: '0' }, 'THREADLINE_ELASTICSEARCH_SHARDS must be a whole number from 1 to 1024'],
    [{ THREADLINE_ELASTICSEARCH_REPLICAS: '1.5' }, 'THREADLINE_ELASTICSEARCH_REPLICAS must be a whole number from 0 to 100'],
    [{ THREADLINE_ELASTICSEARCH_NAMESPACE: 'my-team' }, 'THREADLINE_ELASTICSEARCH_NAMESPACE must be a word of a-z'],
    [{ THREADLINE_ELASTICSEARCH_ILM_POLICY: 'a, b' }, 'THREADLINE_ELASTICSEARCH_ILM_POLICY must be the name of a policy'],
    [
      { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_URL: 'https://u:p@a:9200', THREADLINE_ELASTICSEARCH_API_KEY: 'key' },
      'THREADLINE_ELASTICSEARCH_API_KEY and a user in THREADLINE_ELASTICSEARCH_URL are two ways to sign in',
    ],
    [
      { THREADLINE_STORAGE: 'elasticsearch', THREADLINE_ELASTICSEARCH_CA_FILE: '/ca.pem' },
      'THREADLINE_ELASTICSEARCH_CA_FILE is of no use for http://',
    ],
    [{ THREADLINE_HOST: '127.0.0.1:80' }, 'THREADLINE_HOST must be an IP address or a host name without a port'],
    [{ THREADLINE_AUTH: 'off' }, 'THREADLINE_AUTH can only be none'],
    [{ THREADLINE_INGEST_KEY: 'two words' }, 'THREADLINE_INGEST_KEY must be of printable ASCII'],
    [{ THREADLINE_UI_ALLOWED_HOSTS: 'a.example,http://b' }, 'THREADLINE_UI_ALLOWED_HOSTS must be host names'],
    [{ THREADLINE_UI_PORT: '4318' }, 'THREADLINE_UI_PORT is 4318, which is THREADLINE_OTLP_HTTP_PORT too'],
    [{ THREADLINE_HOST: '0.0.0.0' }, 'set THREADLINE_INGEST_KEY and THREADLINE_READ_KEY, or THREADLINE_AUTH=none'],
    [{ THREADLINE_HOST: '::', THREADLINE_INGEST_KEY: 'k' }, 'set THREADLINE_READ_KEY, or THREADLINE_AUTH=none'],
  ])('%j is named with what to do', (environment, problem) => {
    const [line, ...others] = problemsOf(environment);
    expect(line).toContain(problem);
    expect(others).toEqual([]);
  });

  it('does not show what was set, which may be a secret', () => {
    expect(problemsOf({ THREADLINE_INGEST_KEY: 'se cret' }).join()).not.toContain('se cret');
    expect(problemsOf({ THREADLINE_ELASTICSEARCH_URL: 'user:hidden@host' }).join()).not.toContain('hidden');
  });

  it('is told together with all others', () => {
    expect(problemsOf({ THREADLINE_HOSTS: 'x', THREADLINE_UI_PORT: 'x', THREADLINE_STORAGE: 'x' })).toHaveLength(3);
  });
});

describe('an address that others can reach', () => {
  it('is taken with both keys, or when the operator wants none', () => {
    expect(parseConfig({ THREADLINE_HOST: '0.0.0.0', THREADLINE_INGEST_KEY: 'a', THREADLINE_READ_KEY: 'b' })).toMatchObject({
      ingestKey: 'a',
      readKey: 'b',
    });
    expect(parseConfig({ THREADLINE_HOST: '[::]', THREADLINE_AUTH: 'none' })).toMatchObject({ host: '::', isOpen: true });
  });

  it('is any but those of loopback', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '127.1', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])
      expect(isLoopback(host)).toBe(true);
    for (const host of [
      '0.0.0.0',
      '0',
      '::',
      '192.168.1.1',
      '10.127',
      '127.0.0.1.example.com',
      'example.com',
      '::ffff:10.0.0.1',
      '::127.0.0.1',
      'fe80::1%lo',
    ])
      expect(isLoopback(host)).toBe(false);
  });
});

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('expected a ConfigError');
}
