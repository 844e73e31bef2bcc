/**
 * Writes the JavaScript of `dist`, beside the declarations that `tsc` writes: what every service loads is one file,
 * `dist/core/sdk.js`, with the parts of OpenTelemetry that it stands on; what follows a library is a file of its own,
 * loaded with the library. A process that starts reads two files in the place of 190.
 */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';

const PACKAGE = join(import.meta.dirname, '..');
const DIST = join(PACKAGE, 'dist');
/** Loaded by every service. */
const MAIN = 'src/register.ts';
/** By path from `src`, which is also the path from `dist`: `instrument/library-hooks.ts` names some of them. */
const ENTRIES = [
  'index.ts',
  'testing.ts',
  'esbuild.ts',
  'log-level.ts',
  'instrument/{async-queues,initial-context,job-limiters,nest,older-imports,piscina,workerpool}.ts',
  'http/http2-client.ts',
  'logs/pino-patch.ts',
  'database/{pg,mysql,mariadb,mongodb,sqlite}.ts',
  'redis/{ioredis,node-redis,redis-messaging}.ts',
  'messaging/{amqp-connection-manager,amqplib,bullmq,confluent-kafka,kafkajs,sns,sqs}.ts',
];
/** Stays a package: Node loads files of it by their place, some of them in a thread of its own. */
const EXTERNAL = /^(node:|import-in-the-middle)/;
const NODE_MODULES = '/node_modules/';

interface Input {
  readonly [name: string]: string;
}

async function bundle(input: Input, core: ReadonlySet<string>): Promise<OutputChunk[]> {
  const build = await rolldown({ cwd: PACKAGE, input, platform: 'node', external: EXTERNAL, logLevel: 'warn' });
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'core/[name].js',
    comments: false,
    codeSplitting: { groups: [{ name: 'sdk', test: (id) => core.has(id) }] },
  });
  await build.close();
  return output.filter((file) => file.type === 'chunk');
}

/** The licences of what is inside of the bundle: each asks to be passed on with its code. */
function licences(modules: readonly string[]): string {
  const folders = new Set(modules.filter((id) => id.includes(NODE_MODULES)).map(packageFolder));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      const [file] = globSync('LICEN[CS]E*', { cwd: folder }).filter((found) => /^LICEN[CS]E(\.\w+)?$/i.test(found));
      const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
      return `${name} ${version} (${license})\n${text}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function versionOf(folder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return version;
}

function packageFolder(id: string): string {
  const end = id.lastIndexOf(NODE_MODULES) + NODE_MODULES.length;
  const [scope = '', name = ''] = id.slice(end).split('/');
  return join(id.slice(0, end), scope.startsWith('@') ? join(scope, name) : scope);
}

const alone = await bundle({ register: MAIN }, new Set());
const core = new Set(alone.flatMap((chunk) => Object.keys(chunk.modules)).filter((id) => !id.endsWith(MAIN)));
const files = globSync(ENTRIES, { cwd: join(PACKAGE, 'src') });
const input = Object.fromEntries([['register', MAIN], ...files.map((file) => [file.replace(/\.ts$/, ''), join('src', file)])]);
const chunks = await bundle(input, core);
for (const old of globSync('**/*.js{,.map}', { cwd: DIST })) rmSync(join(DIST, old));
const all = createHash('sha256').update(chunks.map(({ code }) => code).join(''));
const key = `threadline.sdk ${versionOf(PACKAGE)} ${all.digest('hex').slice(0, 16)}`;
for (const { fileName, code } of chunks) writeInto(fileName, asAscii(onceAProcess(`${key} ${fileName}`, code)));
writeInto('third-party-licenses.txt', licences(chunks.flatMap((chunk) => Object.keys(chunk.modules))));

/**
 * The same module, whose code runs once in a process however often it is loaded: what it keeps is there once. tsx makes CommonJS of an ES
 * module that is required, beside the one that was imported; a package may be installed twice; a bundler may put a copy into the app's file.
 * Whoever comes later is given what the first one exports. Exports are taken when all has run, so that none of them may be assigned to.
 */
function onceAProcess(key: string, code: string): string {
  const [, imports = '', body = '', exports = ''] = /^((?:(?:#!|import )[^\n]*\n)*)(.*)export \{ ([^}]+) \};\n$/s.exec(code) ?? [];
  // What only passes on what others export, or exports nothing.
  if (body === '') return code;
  const names = exports.split(', ').map((name) => name.split(' as '));
  const given = names.map(([own, exported = own]) => `${exported}: ${own}`);
  // Names of their own, since what is exported may also be the name of what is imported.
  const taken = names.map(([own, exported = own]) => `${exported}: once$${exported}`);
  const passed = names.map(([own, exported = own]) => `once$${exported} as ${exported}`);
  return (
    `${imports}const { ${taken.join(', ')} } = (globalThis[Symbol.for(${JSON.stringify(key)})] ??= (() => {\n${body}` +
    `return { ${given.join(', ')} };\n})());\nexport { ${passed.join(', ')} };\n`
  );
}

/**
 * The same code with its few characters beyond ASCII as escapes. V8 keeps the source for as long as the process runs: with one
 * character beyond Latin-1, at two bytes for each of all its characters.
 */
function asAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function writeInto(name: string, text: string): void {
  const path = join(DIST, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
