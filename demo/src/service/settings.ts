import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * What every service of the shop reads from its environment. The port 0 lets the system choose, the data directory is
 * where its SQLite file lives.
 */
export interface ServiceSettings {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
}

/** Throws with the variable's name when a value cannot be used. */
export function readServiceSettings(environment: NodeJS.ProcessEnv = process.env): ServiceSettings {
  const port = Number(environment.PORT ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is "${environment.PORT}", expected 0 to 65535`);
  return { host: environment.HOST ?? '127.0.0.1', port, dataDirectory: environment.DATA_DIR ?? 'data' };
}

/** The address of another service; there is no default, since a wrong one is worse than none. */
export function requireUrl(name: string, environment: NodeJS.ProcessEnv = process.env): string {
  const value = environment[name];
  if (value === undefined || !URL.canParse(value))
    throw new Error(`${name} is ${value ? `"${value}"` : 'not set'}, expected the address of a service`);
  return value.replace(/\/$/, '');
}

/** The service's own database file; the directory is made when it is not there. */
export function databaseFile(settings: ServiceSettings, service: string): string {
  mkdirSync(settings.dataDirectory, { recursive: true });
  return path.join(settings.dataDirectory, `${service}.sqlite`);
}
