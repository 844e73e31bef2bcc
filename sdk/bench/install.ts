import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SERVICE_FOLDER = join(import.meta.dirname, 'service');
const PACKAGE_FOLDER = join(import.meta.dirname, '..');

/** A service's project, installed as a user would. */
export interface Project {
  readonly folder: string;
  readonly installedBytes: number;
  readonly packageCount: number;
}

/**
 * A folder with these packages and the service's files, below the system's folder for temporary files. What was installed
 * there before stays when it is the same; this package is packed and installed each time, from its `dist`.
 */
export function installProject(name: string, packages: readonly string[]): Project {
  const isOurs = packages.includes('ours');
  const hash = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), 'threadline-sdk-bench', `${name}-${hash}`);
  const done = join(folder, 'installed');
  if (isOurs || !existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench-service', version: '1.0.0', private: true, type: 'module' }));
    const specs = packages.map((spec) => (spec === 'ours' ? packOurs(folder) : spec));
    runNpm(['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...specs], folder);
    writeFileSync(done, '');
  }
  cpSync(SERVICE_FOLDER, folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  return { folder, installedBytes: bytesBelow(modules), packageCount: countPackages(modules) };
}

function packOurs(folder: string): string {
  const output = runNpm(['pack', '--silent', '--pack-destination', folder, PACKAGE_FOLDER], folder);
  return join(folder, output.trim().split('\n').at(-1) ?? '');
}

/** In a workspace's script npm would be asked for the workspace. */
function runNpm(args: readonly string[], cwd: string): string {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.toLowerCase().startsWith('npm_')));
  return execFileSync('npm', args, { cwd, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Of files, as `du --apparent-size` counts them. */
function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesBelow(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}

/** As the lockfile of what is installed lists them. */
function countPackages(modules: string): number {
  const lock: { readonly packages?: object } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  return Object.keys(lock.packages ?? {}).length;
}
