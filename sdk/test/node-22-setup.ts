import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The oldest that `engines` of the package promises: imports are followed in a loader thread there. */
const VERSION = '22.15.0';

/** Before the suites: installs that Node below the system's folder for temporary files, once, and has the apps run on it. */
export async function setup(): Promise<void> {
  const folder = join(tmpdir(), `threadline-node-${VERSION}`);
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  const isInstalled = await access(node).then(
    () => true,
    () => false,
  );
  if (!isInstalled) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }');
    await run('npm', ['install', '--no-audit', '--no-fund', `node@${VERSION}`], { cwd: folder, env: withoutNpm(process.env) });
  }
  const { stdout } = await run(node, ['--version']);
  if (stdout.trim() !== `v${VERSION}`) throw new Error(`expected Node ${VERSION} at ${node}, found ${stdout.trim()}`);
  process.env.SDK_TEST_NODE = node;
}

/** In a workspace's script npm would be asked for the workspace. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
}
