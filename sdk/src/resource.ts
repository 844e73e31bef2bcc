import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, hostname, platform, release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Attributes, diag } from '@opentelemetry/api';
import { type Entry, findEntry } from './entry-script.ts';
import { type Environment, readList } from './settings.ts';
import type { Resource } from './traces/span-types.ts';

/**
 * Who sends: `service.name` (given, else the name of the package the entry script belongs to, else what PM2 calls it, else
 * `unknown_service:node`), `service.version`, a new `service.instance.id`, and a fixed, small set about the process and
 * the host. Command-line arguments are left out, since they hold secrets. `OTEL_RESOURCE_ATTRIBUTES` wins over all but a
 * given name.
 */
export function createResource(serviceName: string | undefined, entry: Entry = findEntry()): Resource {
  const own = entry.script === undefined ? undefined : findPackage(dirname(entry.script));
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

/** `key=value` pairs, percent-encoded as the specification has them: of a text that is not, nothing is used. */
function readResourceAttributes(environment: Environment): Attributes {
  const attributes: Attributes = {};
  for (const pair of readList(environment, 'OTEL_RESOURCE_ATTRIBUTES') ?? []) {
    const [key = '', value, ...more] = pair.split('=').map((part) => decode(part.trim()));
    if (key === '' || value === undefined || more.length > 0) {
      diag.warn('OTEL_RESOURCE_ATTRIBUTES is not key=value pairs, so that none of it is used');
      return {};
    }
    attributes[key] = value;
  }
  return attributes;
}

/** Undefined for what is no valid escape. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

interface PackageNames {
  readonly name: string;
  readonly version: string | undefined;
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
