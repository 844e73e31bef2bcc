import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, linkSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** npm rewrites it in place, which would reach the checkout through a link. */
const NPM_RECORD = '.package-lock.json';
const WORKSPACE_FOLDERS = ['package.json', 'bin', 'dist', 'proto', 'node_modules'];
const run = promisify(execFile);

/**
 * What the image holds, below `target`: the built workspaces and the packages that are left after the Dockerfile's own
 * prune command. Packages are linked, not copied, so `target` has to be on the checkout's file system.
 */
export async function makeProductionTree(
  target: string,
  { workspaces, prune }: { workspaces: readonly string[]; prune: string },
): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'deploy/docker'])
    cpSync(path.join(ROOT, name), path.join(target, name), { recursive: true });
  for (const workspace of workspaces) {
    for (const name of readdirSync(path.join(ROOT, workspace)).filter((entry) => WORKSPACE_FOLDERS.includes(entry))) {
      cpSync(path.join(ROOT, workspace, name), path.join(target, workspace, name), { recursive: true, verbatimSymlinks: true });
    }
  }
  linkTree(path.join(ROOT, 'node_modules'), path.join(target, 'node_modules'));
  const [command = '', ...args] = prune.split(' ');
  await run(command, [...args, '--offline', '--ignore-scripts'], { cwd: target });
}

function linkTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = path.join(source, entry.name);
    const to = path.join(target, entry.name);
    if (entry.isDirectory()) linkTree(from, to);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else if (entry.name === NPM_RECORD) copyFileSync(from, to);
    else linkSync(from, to);
  }
}
