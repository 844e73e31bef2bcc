import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './workspace/repository.mjs';

/** [a file, what it imports]: ARCHITECTURE.md, "Who may import whom", as examples. */
const FORBIDDEN = [
  ['query-language/src/parse.ts', '@threadline/collector/api'],
  ['collector/src/config.ts', './storage/embedded/embedded-storage.ts'],
  ['collector/src/api/records.ts', '../errors.ts'],
  ['collector/src/otlp/reader.ts', '../model/record.ts'],
  ['collector/src/formats/zipkin.ts', '../model/record.ts'],
  ['collector/src/redaction/redactor.ts', '../queue/queue.ts'],
  ['collector/src/cli/main.ts', '../storage/storage.ts'],
  ['collector/src/model/record.ts', '../storage/storage.ts'],
  ['collector/src/receiver/door.ts', '../storage/storage.ts'],
  ['collector/src/receiver/grpc/door.ts', '../../query/routes/traces.ts'],
  ['collector/src/queue/queue.ts', '../receiver/door.ts'],
  ['collector/src/queue/queue.ts', '../storage/embedded/embedded-storage.ts'],
  ['collector/src/storage/storage.ts', '../queue/queue.ts'],
  ['collector/src/storage/embedded/table.ts', '../elasticsearch/document.ts'],
  ['collector/src/storage/elasticsearch/document.ts', '../../query/routes/traces.ts'],
  ['collector/src/query/routes/traces.ts', '../../queue/queue.ts'],
  ['collector/src/query/routes/traces.ts', '../../storage/elasticsearch/elasticsearch-storage.ts'],
  ['collector/src/query/query-app.ts', '../storage/embedded/embedded-storage.ts'],
  ['collector/src/analysis/causal-order.ts', '../storage/storage.ts'],
  ['collector/src/telemetry/logger.ts', '../queue/queue.ts'],
  ['collector/src/receiver/door.ts', '../collector.ts'],
  ['sdk/src/start.ts', '@threadline/query-language'],
  ['sdk/src/start.ts', '../../collector/src/errors.ts'],
  ['demo/src/orders/main.ts', '@threadline/query-language'],
  ['demo/src/orders/main.ts', '../../../sdk/src/start.ts'],
  ['deploy/docker/x.test.ts', '../../collector/src/config.ts'],
  ['ui/src/api/query-client.ts', '@threadline/collector'],
  ['ui/src/panels/flow/flow-page.tsx', '../trace-view/waterfall.tsx'],
  ['ui/src/panels/flow/lanes/lane.tsx', '../../../panels/trace-view/waterfall.tsx'],
  ['ui/src/shared/Button/button.tsx', '../../panels/flow/flow-page.tsx'],
  ['ui/src/logic/flow-lanes.ts', 'react'],
  ['ui/src/logic/flow-lanes.ts', '../shared/Button/button.tsx'],
] as const;

const ALLOWED = [
  ['collector/src/collector.ts', './storage/embedded/embedded-storage.ts'],
  ['collector/src/receiver/door.ts', '../queue/queue.ts'],
  ['collector/src/receiver/door.ts', '../formats/zipkin.ts'],
  ['collector/src/formats/zipkin.ts', '../errors.ts'],
  ['collector/src/queue/queue.ts', '../storage/storage.ts'],
  ['collector/src/redaction/redactor.ts', '../model/linear-regex.ts'],
  ['collector/src/query/routes/traces.ts', '../../storage/storage.ts'],
  ['collector/src/query/routes/traces.ts', '../../analysis/causal-order.ts'],
  ['collector/src/storage/embedded/table.ts', '../../model/record.ts'],
  ['demo/src/orders/main.ts', '@threadline/sdk'],
  ['ui/src/panels/flow/flow-page.tsx', '../../shared/Button/button.tsx'],
  ['ui/src/panels/flow/flow-page.tsx', './lanes.tsx'],
  ['ui/src/api/query-client.ts', '@threadline/collector/api'],
] as const;

describe('the import boundaries', () => {
  let directory: string;
  let refused: ReadonlySet<string>;

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'threadline-boundaries-'));
    cpSync(path.join(ROOT, 'biome.json'), path.join(directory, 'biome.json'));
    for (const [file, specifier] of [...FORBIDDEN, ...ALLOWED]) {
      const target = path.join(directory, sampleName(file, specifier));
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, `import { x } from '${specifier}';\nexport const y = x;\n`);
    }
    refused = filesRefusedIn(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(FORBIDDEN)('do not let %s import %s', (file, specifier) => {
    expect(refused).toContain(sampleName(file, specifier));
  });

  it.each(ALLOWED)('let %s import %s', (file, specifier) => {
    expect(refused).not.toContain(sampleName(file, specifier));
  });

  it('let the UI take types alone from the collector', () => {
    const sources = readdirSync(path.join(ROOT, 'ui', 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    const importing = sources.map((name) => readFileSync(path.join(ROOT, 'ui', 'src', name), 'utf8')).join('\n');
    const values = importing.match(/^import (?!type )[^;]*from '@threadline\/collector[^']*';/gm) ?? [];
    expect(values).toEqual([]);
    expect(importing).toContain("from '@threadline/collector/api'");
  });
});

/** A name of its own for each import of a file, in the file's folder; `collector.ts` is itself what a rule names. */
function sampleName(file: string, specifier: string): string {
  if (path.basename(file) === 'collector.ts') return file;
  return `${path.dirname(file)}/${specifier.replaceAll(/[^a-z]+/g, '-')}-in-${path.basename(file)}`;
}

/** The files of which Biome refuses an import, by their names below the directory. */
function filesRefusedIn(directory: string): Set<string> {
  const biome = path.join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', '--only=style/noRestrictedImports', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  const { diagnostics }: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  return new Set(
    diagnostics
      .filter(({ category }) => category === 'lint/style/noRestrictedImports')
      .map(({ location }) => location.path.replace(/^\.\//, '')),
  );
}
