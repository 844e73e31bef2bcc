/** `npm run bench:sdk`: what the SDK costs a service, beside OpenTelemetry's own packages. Writes docs/bench-sdk.md and docs/bench-sdk.json. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { installProject, type Project } from './install.ts';
import { measure } from './measure.ts';
import { readOptions } from './options.ts';
import { type Results, renderReport } from './report.ts';
import { SERVICE_PACKAGES, VARIANTS } from './variants.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const options = readOptions(process.argv.slice(2));
const [loadBefore = 0] = loadavg();
/** Variants with the same packages are the same project. */
const projects = new Map<string, Project>();
const candidates = VARIANTS.filter(({ name }) => options.only.length === 0 || name === 'bare' || options.only.includes(name)).map(
  (variant) => {
    const packages = [...SERVICE_PACKAGES, ...variant.packages];
    const project = projects.get(packages.join(' ')) ?? installProject(variant.name, packages);
    projects.set(packages.join(' '), project);
    return { variant, project };
  },
);
const figures = await measure(candidates, { ...options, log: (line) => process.stdout.write(`${line}\n`) });
const [loadAfter = 0] = loadavg();
const results: Results = {
  measuredAt: new Date().toISOString().slice(0, 10),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
  node: process.versions.node,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  loadAverages: [loadBefore, loadAfter],
  rounds: options.rounds,
  requests: options.requests,
  warmUpRequests: options.warmUpRequests,
  callers: options.callers,
  figures,
};
const report = renderReport(results);
process.stdout.write(`\n${report}`);
if (options.isKept) {
  writeFileSync(join(ROOT, 'docs', 'bench-sdk.md'), report);
  writeFileSync(join(ROOT, 'docs', 'bench-sdk.json'), `${formatResults(results)}\n`);
}

/** Lists of numbers on one line, as the formatter wants it. */
function formatResults(given: Results): string {
  const rounded = JSON.stringify(given, (_key, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value), 2);
  return rounded.replace(/\[([\s\d.,]+)\]/g, (_match, inner: string) => `[${inner.trim().replace(/\s+/g, ' ')}]`);
}
