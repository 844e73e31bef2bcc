import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUILD_MILLIS = 20 * 60_000;

export interface GoCommand {
  readonly name: string;
  /** The package of the command, of the module at this version. */
  readonly package: string;
  readonly version: string;
}

/** A peer's binary, built with the `go` of this machine and kept in the directory for the next run. Rejects where it cannot be built. */
export async function buildPeer(command: GoCommand, directory: string): Promise<string> {
  const place = path.join(directory, `${command.name}-${command.version}`);
  const binary = path.join(place, command.name);
  const isBuilt = await access(binary).then(
    () => true,
    () => false,
  );
  if (isBuilt) return binary;
  await mkdir(place, { recursive: true });
  // A module of our own: a command whose go.mod replaces something cannot be installed by its name.
  await writeFile(path.join(place, 'go.mod'), 'module threadline.local/peer\n');
  const options = { cwd: place, timeout: BUILD_MILLIS, env: { ...process.env, GOFLAGS: '-mod=mod' } };
  await run('go', ['get', `${command.package}@${command.version}`], options);
  await run('go', ['build', '-o', binary, command.package], options);
  return binary;
}
