import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, hostname, platform, release } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import { type Entry, findEntry } from './entry-script.ts';
import { NODE_MODULES } from './instrument/module-place.ts';
import { decodePercent, type Environment, invalidSetting, readList } from './settings.ts';
import type { Resource } from './traces/span-types.ts';

const RESOURCE_ATTRIBUTES = 'OTEL_RESOURCE_ATTRIBUTES';

/**
 * Who sends: `service.name` (given, else the name of the package the entry script belongs to, or of the service's where that is one of its tools, else what PM2 calls it, else
 * `unknown_service:node`), `service.version`, a new `service.instance.id`, and a fixed, small set about the process and
 * the host. Command-line arguments are left out, since they hold secrets. `OTEL_RESOURCE_ATTRIBUTES` wins over all but a
 * given name.
 */
export function createResource(serviceName: string | undefined, entry: Entry = findEntry()): Resource {
  const own = entry.script === undefined ? undefined : findPackage(serviceFolder(entry.script));
  const attributes: Attributes = {
    'service.name': own?.name ?? entry.managedName ?? 'unknown_service:node',
    ...(own?.version === undefined ? {} : { 'service.version': own.version }),
    'service.instance.id': randomUUID(),
    'process.pid': process.pid,
    'process.executable.name': basename(process.execPath),
    ...(entry.script === undefined ? {} : { 'process.command': entry.script }),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'host.name': hostname(),
    'host.arch': arch() === 'x64' ? 'amd64' : arch(),
    'os.type': platform() === 'win32' ? 'windows' : platform(),
    'os.version': release(),
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'threadline',
    'telemetry.sdk.version': '0.1.0',
    'telemetry.distro.name': 'threadline',
    'telemetry.distro.version': '0.1.0',
  };
  const named = serviceName === undefined ? {} : { 'service.name': serviceName };
  return { attributes: { ...attributes, ...readResourceAttributes(process.env), ...named } };
}

/** A line for each pair that cannot be read and is left out. */
export function describeIgnoredAttributes(environment: Environment): string[] {
  return readPairs(environment).flatMap(({ pair, attribute }) => {
    if (attribute !== undefined) return [];
    const { message } = invalidSetting(RESOURCE_ATTRIBUTES, 'key=value with % as %25', pair);
    return [`threadline: ${message}, which is ignored; the other pairs are used`];
  });
}

function readResourceAttributes(environment: Environment): Attributes {
  return Object.fromEntries(readPairs(environment).flatMap(({ attribute }) => (attribute === undefined ? [] : [attribute])));
}

interface Pair {
  readonly pair: string;
  /** Undefined for what is none. */
  readonly attribute: readonly [key: string, value: string] | undefined;
}

/**
 * `key=value` pairs, percent-encoded; a value may have a `=` as it is. The specification gives all of them up for one that cannot be
 * read, which takes away what others set for a whole platform: here each counts for itself.
 */
function readPairs(environment: Environment): Pair[] {
  return (readList(environment, RESOURCE_ATTRIBUTES) ?? []).map((pair) => {
    const end = pair.indexOf('=');
    const key = decodePercent(pair.slice(0, Math.max(end, 0)).trim());
    const value = decodePercent(pair.slice(end + 1).trim());
    return { pair, attribute: key === undefined || key === '' || value === undefined ? undefined : [key, value] };
  });
}

interface PackageNames {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * The script's, unless that is a tool which the service has among its packages (`next start`, `react-router-serve`) and which runs the service in the working
 * directory: a tool's name would make all that it starts one service. A service that is installed itself, as globally, has its package elsewhere.
 */
function serviceFolder(script: string): string {
  const end = script.indexOf(NODE_MODULES);
  const working = process.cwd();
  return end !== -1 && `${working}${sep}`.startsWith(script.slice(0, end + 1)) ? working : dirname(script);
}

/** The nearest package.json with a name, upwards. */
function findPackage(folder: string): PackageNames | undefined {
  const found = readPackage(join(folder, 'package.json'));
  if (found !== undefined) return found;
  const parent = dirname(folder);
  return parent === folder ? undefined : findPackage(parent);
}

function readPackage(path: string): PackageNames | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('name' in parsed) || typeof parsed.name !== 'string') return undefined;
    return { name: parsed.name, version: 'version' in parsed && typeof parsed.version === 'string' ? parsed.version : undefined };
  } catch {
    return undefined;
  }
}
