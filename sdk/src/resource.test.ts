import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findEntry, takePm2Environment } from './entry-script.ts';
import { createResource, describeIgnoredAttributes } from './resource.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadline-resource-'));
  mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('takes name and version of the package that the script belongs to', () => {
  writeFileSync(join(folder, 'package.json'), '{"name":"@shop/orders","version":"2.0.1"}');
  writeFileSync(join(folder, 'src', 'package.json'), '{"type":"module"}');
  expect(createResource(undefined, findEntry(join(folder, 'src', 'deep', 'main.js'))).attributes).toMatchObject({
    'service.name': '@shop/orders',
    'service.version': '2.0.1',
  });
});

it('takes the package of the working directory where the script is a tool among its packages', () => {
  const tool = join(folder, 'node_modules', 'next', 'dist', 'bin');
  const installed = join(folder, 'elsewhere', 'node_modules', '@shop', 'mailer');
  for (const path of [tool, installed, join(folder, 'apps', 'web')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, 'node_modules', 'next', 'package.json'), '{"name":"next","version":"16.4.6"}');
  writeFileSync(join(installed, 'package.json'), '{"name":"@shop/mailer","version":"3.0.0"}');
  writeFileSync(join(folder, 'package.json'), '{"name":"@shop/all","version":"1.0.0"}');
  writeFileSync(join(folder, 'apps', 'web', 'package.json'), '{"name":"@shop/web","version":"2.0.1"}');
  const nameOf = (script: string, working: string): unknown => {
    vi.spyOn(process, 'cwd').mockReturnValue(working);
    return createResource(undefined, findEntry(script)).attributes['service.name'];
  };
  expect(nameOf(join(tool, 'next'), folder)).toBe('@shop/all');
  expect(nameOf(join(tool, 'next'), join(folder, 'apps', 'web'))).toBe('@shop/web');
  expect(nameOf(join(folder, 'node_modules', '.bin', 'next'), folder)).toBe('@shop/all');
  // A service that is installed somewhere else is no tool of whatever package it is started in.
  expect(nameOf(join(installed, 'main.js'), folder)).toBe('@shop/mailer');
});

it('prefers a given name, and has one without a script', () => {
  expect(createResource('given').attributes['service.name']).toBe('given');
  expect(createResource(undefined, { script: undefined, managedName: undefined }).attributes).toHaveProperty('service.name');
});

it('says who sends without the command’s arguments', () => {
  const { attributes } = createResource('given', findEntry(join(folder, 'main.js')));
  expect(attributes).toMatchObject({
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.distro.name': 'threadline',
  });
  expect(Object.keys(attributes).filter((key) => key.includes('args') || key.includes('owner'))).toEqual([]);
  expect(createResource('given').attributes['service.instance.id']).not.toBe(attributes['service.instance.id']);
});

it('is called as PM2 calls it where the app has no package', () => {
  const container = '/usr/lib/node_modules/pm2/lib/ProcessContainerFork.js';
  const said = { pm_exec_path: join(folder, 'main.js'), name: 'orders-1' };
  expect(findEntry(container, said)).toEqual({ script: said.pm_exec_path, managedName: 'orders-1' });
  expect(createResource(undefined, findEntry(container, said)).attributes['service.name']).toBe('orders-1');
  // What PM2 says is handed down to children, which are not its own.
  expect(findEntry('/app/child.js', said)).toEqual({ script: '/app/child.js', managedName: undefined });
  const broken = { pm2_env: 'no JSON' };
  takePm2Environment(container, broken);
  expect(broken).toEqual({ pm2_env: 'no JSON' });
  expect(findEntry(container, broken).script).toBe(container);
});

it('takes each pair of OTEL_RESOURCE_ATTRIBUTES that can be read, and names the others', () => {
  const text = 'deployment.environment.name=prod, app.build = a=b ,discount=100%,named%20so=a%2Cb,=x,alone,app.%=1,empty=';
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', text);
  const { attributes } = createResource('given');
  expect(attributes).toMatchObject({ 'deployment.environment.name': 'prod', 'app.build': 'a=b', 'named so': 'a,b', empty: '' });
  expect(Object.keys(attributes).filter((key) => /discount|alone|app\.%/.test(key) || key === '')).toEqual([]);
  expect(describeIgnoredAttributes(process.env)).toEqual(
    ['discount=100%', '=x', 'alone', 'app.%=1'].map(
      (pair) =>
        `threadline: OTEL_RESOURCE_ATTRIBUTES: expected key=value with % as %25, got "${pair}", which is ignored; the other pairs are used`,
    ),
  );
});
