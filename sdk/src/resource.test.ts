import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createResource } from './resource.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadline-resource-'));
  mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

it('takes name and version of the package that the script belongs to', () => {
  writeFileSync(join(folder, 'package.json'), '{"name":"@shop/orders","version":"2.0.1"}');
  writeFileSync(join(folder, 'src', 'package.json'), '{"type":"module"}');
  expect(createResource(undefined, join(folder, 'src', 'deep', 'main.js')).attributes).toMatchObject({
    'service.name': '@shop/orders',
    'service.version': '2.0.1',
  });
});

it('prefers a given name, and has one without a script', () => {
  expect(createResource('given').attributes['service.name']).toBe('given');
  expect(createResource(undefined, undefined).attributes).toHaveProperty('service.name');
});

it('says who sends without the command’s arguments', () => {
  const { attributes } = createResource('given', join(folder, 'main.js'));
  expect(attributes).toMatchObject({
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.distro.name': 'threadline',
  });
  expect(Object.keys(attributes).filter((key) => key.includes('args') || key.includes('owner'))).toEqual([]);
  expect(createResource('given').attributes['service.instance.id']).not.toBe(attributes['service.instance.id']);
});
