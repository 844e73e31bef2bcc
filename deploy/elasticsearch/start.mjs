#!/usr/bin/env node
// @ts-check
// Runs one node in the foreground until Ctrl-C. README.md says how to use it.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDirectory } from './assemble.mjs';
import { startElasticsearch } from './node.mjs';

const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    name: { type: 'string' },
    'http-port': { type: 'string' },
    'transport-port': { type: 'string' },
    seeds: { type: 'string' },
    'initial-masters': { type: 'string' },
    heap: { type: 'string' },
  },
});

try {
  const node = await startElasticsearch({
    directory: values.directory ?? join(cacheDirectory(), 'by-hand'),
    httpPort: Number(values['http-port'] ?? 9200),
    transportPort: Number(values['transport-port'] ?? 0),
    output: 'inherit',
    runsForLong: true,
    ...(values.name && { name: values.name }),
    ...(values.heap && { heap: values.heap }),
    ...(values.seeds && { seeds: values.seeds.split(',') }),
    ...(values['initial-masters'] && { initialMasters: values['initial-masters'].split(',') }),
  });
  console.log(`Elasticsearch answers at ${node.url}; other nodes join with --seeds ${node.transportAddress}. Ctrl-C stops it.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void node.stop());
  await node.exited;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
