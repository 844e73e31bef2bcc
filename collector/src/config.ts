import { isIP, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { nearestName } from './nearest-name.ts';

export const STORAGES = ['embedded', 'elasticsearch'] as const;
export type StorageName = (typeof STORAGES)[number];

/** What the operator decided, once read; frozen. */
export interface Config {
  readonly host: string;
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  readonly uiPort: number;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly queueBytes: number;
  readonly retentionDays: number;
  /** Undefined: as much as the disk has room for. */
  readonly retentionBytes: number | undefined;
  readonly storage: StorageName;
  /** At least one. */
  readonly elasticsearchUrls: readonly [string, ...string[]];
  readonly elasticsearchApiKey: string | undefined;
  /** Absolute. */
  readonly elasticsearchCaFile: string | undefined;
  /** Last part of the names of what the collector makes there. */
  readonly elasticsearchNamespace: string;
  readonly elasticsearchShards: number;
  /** Undefined: one where there is a second node. */
  readonly elasticsearchReplicas: number | undefined;
  /** The name of a policy of the cluster's, which then decides instead of `retentionDays`. */
  readonly elasticsearchPolicy: string | undefined;
  readonly ingestKey: string | undefined;
  readonly readKey: string | undefined;
  /** `THREADLINE_AUTH=none`: the operator says that no keys are wanted although others can reach the collector. */
  readonly isOpen: boolean;
  readonly uiAllowedHosts: readonly string[];
  /** Absolute. */
  readonly redactionFile: string | undefined;
  readonly redactionHashKey: string | undefined;
}

/** One setting: a row of the table in README.md, and how its text becomes a value. */
export interface Setting<T> {
  readonly name: string;
  /** As it would be set; `undefined` where it is off unless set. */
  readonly defaultText: string | undefined;
  readonly description: string;
  readonly example: string;
  /** Throws an `Error` that says what the text must be; never the text itself, which may be a secret. */
  readonly parse: (text: string) => T;
}

/** Every setting, in the order that README.md shows them. The only place where a default stands. */
export const SETTINGS = {
  host: {
    name: 'THREADLINE_HOST',
    defaultText: '127.0.0.1',
    description: 'Address that all three ports listen on. One that others can reach needs both keys, or `THREADLINE_AUTH=none`.',
    example: '0.0.0.0',
    parse: parseHost,
  },
  otlpHttpPort: {
    name: 'THREADLINE_OTLP_HTTP_PORT',
    defaultText: '4318',
    description: 'Port for OTLP/HTTP (`/v1/logs`, `/v1/traces`, `/v1/metrics`); 0 lets the system choose.',
    example: '14318',
    parse: parsePort,
  },
  otlpGrpcPort: {
    name: 'THREADLINE_OTLP_GRPC_PORT',
    defaultText: '4317',
    description: 'Port for OTLP/gRPC; 0 lets the system choose.',
    example: '14317',
    parse: parsePort,
  },
  uiPort: {
    name: 'THREADLINE_UI_PORT',
    defaultText: '4319',
    description: 'Port for the UI and the query API; 0 lets the system choose.',
    example: '8080',
    parse: parsePort,
  },
  dataDirectory: {
    name: 'THREADLINE_DATA_DIR',
    defaultText: './data',
    description: 'Where everything is kept. One collector a directory.',
    example: '/var/lib/threadline',
    parse: (text: string) => resolve(text),
  },
  queueBytes: {
    name: 'THREADLINE_QUEUE_BYTES',
    defaultText: '8GiB',
    description:
      'What may wait on disk, in the data directory, while the storage is away or slow, `64MiB` or more; beyond it senders get 429.',
    example: '50GiB',
    parse: parseBytes,
  },
  retentionDays: {
    name: 'THREADLINE_RETENTION_DAYS',
    defaultText: '7',
    description: 'How long a record is kept, counted from its arrival, up to 36,500; a part of a day too (`0.5`).',
    example: '30',
    parse: parseDays,
  },
  retentionBytes: {
    name: 'THREADLINE_RETENTION_BYTES',
    defaultText: undefined,
    description: 'What the embedded storage may take at most, `64MiB` or more; then the oldest records go. Unless set, 80 % of the disk.',
    example: '200GiB',
    parse: parseBytes,
  },
  storage: {
    name: 'THREADLINE_STORAGE',
    defaultText: 'embedded',
    description: '`embedded` keeps records in the data directory, `elasticsearch` in a cluster.',
    example: 'elasticsearch',
    parse: parseStorage,
  },
  elasticsearchUrls: {
    name: 'THREADLINE_ELASTICSEARCH_URL',
    defaultText: 'http://127.0.0.1:9200',
    description:
      'The cluster, when `THREADLINE_STORAGE=elasticsearch`; several of its nodes with commas between. May carry `user:password@`, with `%25` for a `%` in it.',
    example: 'http://elasticsearch:9200',
    parse: parseUrls,
  },
  elasticsearchApiKey: {
    name: 'THREADLINE_ELASTICSEARCH_API_KEY',
    defaultText: undefined,
    description: 'An API key of the cluster, encoded as Elasticsearch gives it out; instead of a user in the URL.',
    example: 'VnVhQ2ZHY0JDZGJrUW06dWkybHAyYXhUTm1zeWFrdzl0dk5udw',
    parse: parseKey,
  },
  elasticsearchCaFile: {
    name: 'THREADLINE_ELASTICSEARCH_CA_FILE',
    defaultText: undefined,
    description: "Certificate, in PEM, of the authority that signed the cluster's own, where that is none which all systems know.",
    example: '/etc/threadline/http_ca.crt',
    parse: (text: string) => resolve(text),
  },
  elasticsearchNamespace: {
    name: 'THREADLINE_ELASTICSEARCH_NAMESPACE',
    defaultText: 'default',
    description:
      'Last part of the names of data streams and indices, so that several installations, as of staging and production, can share a cluster.',
    example: 'staging',
    parse: parseNamespace,
  },
  elasticsearchShards: {
    name: 'THREADLINE_ELASTICSEARCH_SHARDS',
    defaultText: '1',
    description: 'Primary shards of each index that Elasticsearch makes for the collector from now on.',
    example: '3',
    parse: (text: string) => parseCount(text, { min: 1, max: MAX_SHARDS }),
  },
  elasticsearchReplicas: {
    name: 'THREADLINE_ELASTICSEARCH_REPLICAS',
    defaultText: undefined,
    description: 'Copies of each of those shards. Unless set, one where there is a second node.',
    example: '2',
    parse: (text: string) => parseCount(text, { min: 0, max: MAX_REPLICAS }),
  },
  elasticsearchPolicy: {
    name: 'THREADLINE_ELASTICSEARCH_ILM_POLICY',
    defaultText: undefined,
    description: 'A policy of the cluster that rolls over and deletes the indices, in place of `THREADLINE_RETENTION_DAYS`.',
    example: 'logs-30-days',
    parse: parsePolicy,
  },
  ingestKey: {
    name: 'THREADLINE_INGEST_KEY',
    defaultText: undefined,
    description: 'When set, senders need it: `authorization: Bearer KEY` on OTLP/HTTP and OTLP/gRPC.',
    example: 'a-long-random-word',
    parse: parseKey,
  },
  readKey: {
    name: 'THREADLINE_READ_KEY',
    defaultText: undefined,
    description: 'When set, the query API needs it: `authorization: Bearer KEY`.',
    example: 'another-long-random-word',
    parse: parseKey,
  },
  isOpen: {
    name: 'THREADLINE_AUTH',
    defaultText: undefined,
    description: '`none` allows an address that others can reach without keys, for a network that is closed otherwise.',
    example: 'none',
    parse: parseAuth,
  },
  uiAllowedHosts: {
    name: 'THREADLINE_UI_ALLOWED_HOSTS',
    defaultText: '',
    description: 'Names, with commas between, under which browsers may reach the UI beside localhost and IP addresses.',
    example: 'logs.example.com',
    parse: parseHosts,
  },
  redactionFile: {
    name: 'THREADLINE_REDACTION_FILE',
    defaultText: undefined,
    description: 'Rules, in JSON, for what is removed from logs and spans before anything of them is on disk (`docs/redaction.md`).',
    example: '/etc/threadline/redaction.json',
    parse: (text: string) => resolve(text),
  },
  redactionHashKey: {
    name: 'THREADLINE_REDACTION_HASH_KEY',
    defaultText: undefined,
    description: 'The secret with which rules of the action `hash` make their hashes, so that nobody else can try values.',
    example: 'a-third-long-random-word',
    parse: parseHashKey,
  },
} as const satisfies { readonly [K in keyof Config]: Setting<Config[K]> };

/** The settings of the SDK and of the command line start with these; the collector leaves them alone. */
const OTHER_PREFIXES = ['THREADLINE_SDK_', 'THREADLINE_CLI_'];
/** Source: Kubernetes, "Service environment variables", compatible with Docker's links; a Service `threadline-ui` has a further word. */
const SERVICE_LINK = /_SERVICE_HOST$|_SERVICE_PORT(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)|_PORT=(?:tcp|udp|sctp):/;
const PREFIX = 'THREADLINE_';

/** Everything that is wrong with the settings, one line each: what, where, what to do. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings out of the environment. An empty value counts as not set. Throws `ConfigError` with all problems at once:
 * values that are wrong, names that are not known (with the nearest that is), and settings that contradict each other.
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = unknownNames(environment);
  const read = <T, F>(setting: Setting<T>, fallback: F): T | F => {
    const set = environment[setting.name];
    const text = set === undefined || set.trim() === '' ? setting.defaultText : set.trim();
    if (text === undefined) return fallback;
    try {
      return setting.parse(text);
    } catch (error) {
      problems.push(`${setting.name} ${error instanceof Error ? error.message : 'is wrong'}, as ${setting.name}=${setting.example}`);
      return fallback;
    }
  };
  const config: Config = Object.freeze({
    host: read(SETTINGS.host, ''),
    otlpHttpPort: read(SETTINGS.otlpHttpPort, 0),
    otlpGrpcPort: read(SETTINGS.otlpGrpcPort, 0),
    uiPort: read(SETTINGS.uiPort, 0),
    dataDirectory: read(SETTINGS.dataDirectory, ''),
    queueBytes: read(SETTINGS.queueBytes, 0),
    retentionDays: read(SETTINGS.retentionDays, 0),
    retentionBytes: read(SETTINGS.retentionBytes, undefined),
    storage: read(SETTINGS.storage, 'embedded'),
    elasticsearchUrls: read(SETTINGS.elasticsearchUrls, [''] as const),
    elasticsearchApiKey: read(SETTINGS.elasticsearchApiKey, undefined),
    elasticsearchCaFile: read(SETTINGS.elasticsearchCaFile, undefined),
    elasticsearchNamespace: read(SETTINGS.elasticsearchNamespace, ''),
    elasticsearchShards: read(SETTINGS.elasticsearchShards, 1),
    elasticsearchReplicas: read(SETTINGS.elasticsearchReplicas, undefined),
    elasticsearchPolicy: read(SETTINGS.elasticsearchPolicy, undefined),
    ingestKey: read(SETTINGS.ingestKey, undefined),
    readKey: read(SETTINGS.readKey, undefined),
    isOpen: read(SETTINGS.isOpen, false),
    uiAllowedHosts: Object.freeze(read(SETTINGS.uiAllowedHosts, [])),
    redactionFile: read(SETTINGS.redactionFile, undefined),
    redactionHashKey: read(SETTINGS.redactionHashKey, undefined),
  });
  if (problems.length === 0) problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** True for addresses that only this machine can reach, in whichever way they are written. */
export function isLoopback(host: string): boolean {
  const url = `http://${isIPv6(host) ? `[${host}]` : host}`;
  // A URL has each address in one way: 127.1 as 127.0.0.1, and that within IPv6 as ::ffff:7f00:1.
  const name = URL.canParse(url) ? new URL(url).hostname : '';
  return (
    name === 'localhost' || name === '[::1]' || /^\[::ffff:7f..:[0-9a-f]+\]$/.test(name) || (isIP(name) === 4 && name.startsWith('127.'))
  );
}

function unknownNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values(SETTINGS).map((setting): string => setting.name);
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !OTHER_PREFIXES.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .sort()
    .map((name) => `${name} is not a setting of the collector; ${adviceOn(name, { value: environment[name], known })}`);
}

/** Kubernetes' variables of a Service that is called threadline are told as what they are. */
function adviceOn(name: string, { value, known }: { readonly value: string | undefined; readonly known: readonly string[] }): string {
  if (SERVICE_LINK.test(name) || SERVICE_LINK.test(`${name}=${value}`))
    return 'Kubernetes makes it for a Service of that name: set enableServiceLinks: false in the pod';
  const nearest = nearestName(
    name.slice(PREFIX.length),
    known.map((setting) => setting.slice(PREFIX.length)),
  );
  return nearest === undefined ? 'README.md lists all. Unset it' : `did you mean ${PREFIX}${nearest}? Rename or unset it`;
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  const missing = [SETTINGS.ingestKey, SETTINGS.readKey].filter(
    (_, index) => (index === 0 ? config.ingestKey : config.readKey) === undefined,
  );
  if (!isLoopback(config.host) && !config.isOpen && missing.length > 0) {
    const names = missing.map((setting) => setting.name).join(' and ');
    problems.push(`THREADLINE_HOST is an address that others can reach; set ${names}, or THREADLINE_AUTH=none to go without keys`);
  }
  const urls = config.storage === 'elasticsearch' ? config.elasticsearchUrls.map((url) => new URL(url)) : [];
  if (config.elasticsearchApiKey !== undefined && urls.some(({ username }) => username !== ''))
    problems.push('THREADLINE_ELASTICSEARCH_API_KEY and a user in THREADLINE_ELASTICSEARCH_URL are two ways to sign in; take one away');
  if (config.elasticsearchCaFile !== undefined && urls.some(({ protocol }) => protocol !== 'https:'))
    problems.push(
      'THREADLINE_ELASTICSEARCH_CA_FILE is of no use for http://; make each URL in THREADLINE_ELASTICSEARCH_URL an https:// one',
    );
  const ports = [SETTINGS.otlpHttpPort, SETTINGS.otlpGrpcPort, SETTINGS.uiPort] as const;
  const numbers = [config.otlpHttpPort, config.otlpGrpcPort, config.uiPort];
  for (const [index, port] of numbers.entries()) {
    const first = numbers.indexOf(port);
    if (port !== 0 && first !== index)
      problems.push(`${ports[index]?.name} is ${port}, which is ${ports[first]?.name} too; give each its own port`);
  }
  return problems;
}

function parseHost(text: string): string {
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (isIP(host) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host))
    throw new Error('must be an IP address or a host name without a port');
  return host;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error('must be a port from 0 to 65535');
  return port;
}

const BYTE_UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
/** The largest request must fit. */
const MIN_BYTES = 64 * 2 ** 20;

function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,12}) ?([KMGT]iB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (BYTE_UNITS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes < MIN_BYTES) throw new Error('must be at least 64MiB, in bytes, KiB, MiB, GiB or TiB');
  return bytes;
}

const MAX_DAYS = 36_500;

function parseDays(text: string): number {
  const days = Number(text);
  if (!/^\d{1,5}(\.\d{1,4})?$/.test(text) || days <= 0 || days > MAX_DAYS)
    throw new Error(`must be a number of days, more than 0 and at most ${MAX_DAYS}`);
  return days;
}

/** The most that Elasticsearch takes. */
const MAX_SHARDS = 1_024;
const MAX_REPLICAS = 100;

function parseCount(text: string, { min, max }: { readonly min: number; readonly max: number }): number {
  const count = Number(text);
  if (!/^\d{1,4}$/.test(text) || count < min || count > max) throw new Error(`must be a whole number from ${min} to ${max}`);
  return count;
}

/** One word, as Elasticsearch has it for the namespace of a data stream: its name has dashes between its parts. */
function parseNamespace(text: string): string {
  if (!/^[a-z0-9_]{1,50}$/.test(text)) throw new Error('must be a word of a-z, 0-9 and _, at most 50 long');
  return text;
}

/** Elasticsearch's own rule for such names. */
function parsePolicy(text: string): string {
  if (text.startsWith('_') || /[\s,]/.test(text) || Buffer.byteLength(text) > 255)
    throw new Error('must be the name of a policy: no comma, no space, no _ in front, at most 255 bytes');
  return text;
}

function parseStorage(text: string): StorageName {
  const storage = STORAGES.find((name) => name === text);
  if (!storage) throw new Error(`must be ${STORAGES.join(' or ')}`);
  return storage;
}

function parseUrls(text: string): [string, ...string[]] {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  for (const part of [first, ...others]) {
    const url = URL.canParse(part) ? new URL(part) : undefined;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new Error('must be a URL that starts with http:// or https://');
    if (!isEscaped(url.username) || !isEscaped(url.password)) throw new Error('must have %25 for each % of a user or a password');
  }
  return [first, ...others];
}

/** Elasticsearch's client decodes what stands before the `@`. */
function isEscaped(text: string): boolean {
  try {
    // The bundler leaves a call out whose result nobody looks at.
    return decodeURIComponent(text) !== '' || text === '';
  } catch {
    return false;
  }
}

/** It travels in a header, so no spaces and nothing beyond ASCII. */
function parseKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error('must be of printable ASCII characters without spaces');
  return text;
}

/** Shorter ones could be found by trying. */
const MIN_HASH_KEY_CHARACTERS = 16;

function parseHashKey(text: string): string {
  if (text.length < MIN_HASH_KEY_CHARACTERS) throw new Error(`must have at least ${MIN_HASH_KEY_CHARACTERS} characters`);
  return text;
}

function parseAuth(text: string): boolean {
  if (text !== 'none') throw new Error('can only be none');
  return true;
}

function parseHosts(text: string): readonly string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  const named = hosts.filter((host) => host !== '');
  if (!named.every((host) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)))
    throw new Error('must be host names without ports, with commas between');
  return named;
}
