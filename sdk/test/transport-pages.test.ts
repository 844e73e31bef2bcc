import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killApps, startApp } from './app-process.ts';
import { type ScriptedCollector, startCollector } from './scripted-collector.ts';

const EXAMPLES = new URL('../examples/transports/', import.meta.url);
const PAGES = new URL('../../docs/transports/', import.meta.url);

const pageNames = readdirSync(PAGES);
const textOf = (page: string): string => readFileSync(new URL(page, PAGES), 'utf8');

describe('docs/transports', () => {
  it('has a page for each transport', () => {
    expect(pageNames.sort()).toEqual(
      ['databases.md', 'grpc.md', 'http.md', 'in-process.md', 'kafka.md', 'rabbitmq.md', 'redis.md', 'sqs.md'].sort(),
    );
  });

  it.each(readdirSync(EXAMPLES))('has %s as it is tried, on the page of its name', (example) => {
    const page = `${example.replace(/(-pg|-mysql)?\.mjs$/, '')}.md`;
    expect(textOf(page)).toContain(`\`\`\`js\n${readFileSync(new URL(example, EXAMPLES), 'utf8')}\`\`\``);
  });

  it.each(pageNames)('%s links to pages that there are', (page) => {
    for (const [, target = ''] of textOf(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      expect(existsSync(new URL(target, PAGES)), target).toBe(true);
  });
});

describe('docs/sdk-guarantees.md', () => {
  it('names tests that there are', () => {
    const page = readFileSync(new URL('../../docs/sdk-guarantees.md', import.meta.url), 'utf8');
    const named = [...page.matchAll(/`((?:src|test)\/[^`]+\.ts)`/g)].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(30);
    for (const file of named) expect(existsSync(new URL(`../${file}`, import.meta.url)), file).toBe(true);
  });
});

/** Those with a broker are tried in sdk/test/transports. */
describe('the example of', () => {
  let collector: ScriptedCollector;
  beforeEach(async () => {
    collector = await startCollector();
  });
  afterEach(async () => {
    await killApps();
    await collector.close();
  });

  it.each([
    ['http', [expect.objectContaining({ message: 'stock read', correlation_id: 'order-9' }), 'order-9'], 3],
    ['grpc', ['order-9'], 2],
    ['in-process', ['7 order-7', '8 order-8'], 0],
    ['databases', [1], 2],
  ])('%s prints what it says and is one flow', async (name, printed, spanCount) => {
    const app = startApp({
      script: `../../examples/transports/${name}.mjs`,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, NODE_NO_WARNINGS: '1' },
    });
    expect(await app.ended(), app.stderr()).toMatchObject({ code: 0 });
    expect(app.lines).toEqual(printed);
    const ofOrders = collector.spans.filter(({ attributes }) => String(attributes['correlation.id']).startsWith('order-'));
    expect(ofOrders).toHaveLength(spanCount);
  });
});
