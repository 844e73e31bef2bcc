import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const DIST = join(import.meta.dirname, '..', 'dist');

it('is ASCII, so that V8 keeps its source at a byte a character', () => {
  const files = globSync('**/*.js', { cwd: DIST }).filter((file) => !file.endsWith('.test.js'));
  expect(files).toContain(join('core', 'sdk.js'));
  expect(files.filter((file) => /[^\0-\x7f]/.test(readFileSync(join(DIST, file), 'utf8')))).toEqual([]);
});

it('imports nothing by a name that Node has only had since 20, so that an older one is told what it lacks', () => {
  const newer = ['crc32', 'findPackageJSON', 'getCallSites', 'registerHooks', 'stripTypeScriptTypes', 'styleText', 'parseEnv'];
  const imports = ['register.js', 'index.js', 'core/sdk.js'].flatMap(
    (file) => readFileSync(join(DIST, file), 'utf8').match(/^import .*/gm) ?? [],
  );
  expect(imports).toContainEqual(expect.stringMatching(/^import .* from "node:util";$/));
  expect(imports.filter((line) => newer.some((name) => new RegExp(`\\b${name}\\b`).test(line)))).toEqual([]);
});

it('starts as a part of an app’s own bundle, which has no package beside it to take OpenTelemetry’s API from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'threadline-bundled-'));
  try {
    const app = join(folder, 'app.mjs');
    const contents =
      "import { correlation, start } from './index.js'; start(); correlation.run('order-7', () => console.log(correlation.id())); process.exit();";
    buildSync({ stdin: { contents, resolveDir: DIST }, bundle: true, platform: 'node', format: 'esm', outfile: app, logLevel: 'silent' });
    const env = { PATH: process.env.PATH, THREADLINE_SDK_SPOOL_DIR: join(folder, 'spool') };
    expect(execFileSync(process.execPath, [app], { encoding: 'utf8', env })).toBe('order-7\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('a second copy in the same process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'threadline-copy-'));
    cpSync(join(DIST, '..', 'package.json'), join(folder, 'package.json'));
    cpSync(DIST, join(folder, 'dist'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What an expression about `first`, which runs, and `second` is in a process of its own. */
  function evaluate(expression: string): unknown {
    const [first, second] = [DIST, join(folder, 'dist')].map((dist) => JSON.stringify(pathToFileURL(join(dist, 'index.js'))));
    const code = `import * as first from ${first}; import * as second from ${second}; console.log(JSON.stringify(${expression})); process.exit();`;
    const args = ['--import', pathToFileURL(join(DIST, 'register.js')).href, '--input-type=module', '--eval', code];
    const env = { PATH: process.env.PATH, THREADLINE_SDK_SPOOL_DIR: join(folder, 'spool') };
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
  }

  it('is the first one, where it is of the same build', () => {
    expect(evaluate('Object.keys(first).filter((name) => first[name] !== second[name])')).toEqual([]);
  });

  it('does not start beside the first one, and reads and sets the same IDs, where it is of another build', () => {
    for (const file of globSync('**/*.js', { cwd: join(folder, 'dist') })) {
      const path = join(folder, 'dist', file);
      writeFileSync(path, readFileSync(path, 'utf8').replace('"threadline.sdk 0.', '"threadline.sdk 99.'));
    }
    expect(
      evaluate(
        '[first.start === second.start, first.start() === second.start(), second.correlation.run("order-7", first.correlation.id), first.correlation.run("order-8", second.correlation.id)]',
      ),
    ).toEqual([false, true, 'order-7', 'order-8']);
  });
});
