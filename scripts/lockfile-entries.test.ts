import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingEntries } from './lockfile-entries.mjs';
import { ROOT } from './workspace/repository.mjs';

const parent = { version: '2.0.0', dev: true, optionalDependencies: { '@scope/cli-linux-x64-musl': '2.0.0' } };

describe('package-lock.json', () => {
  it('has the builds of every platform, without which npm ci refuses it (else: node scripts/complete-lockfile.mjs)', () => {
    const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
    expect(Object.keys(missingEntries(packages))).toEqual([]);
  });
});

describe('missingEntries', () => {
  it('makes up what npm left out, with the platform that its name says', () => {
    expect(missingEntries({ 'node_modules/cli': parent })).toEqual({
      'node_modules/@scope/cli-linux-x64-musl': {
        version: '2.0.0',
        cpu: ['x64'],
        libc: ['musl'],
        os: ['linux'],
        dev: true,
        optional: true,
      },
    });
  });

  it('finds what is there beside the parent and below it', () => {
    const name = '@scope/cli-linux-x64-musl';
    expect(missingEntries({ 'node_modules/cli': parent, [`node_modules/${name}`]: {} })).toEqual({});
    expect(missingEntries({ 'node_modules/cli': parent, [`node_modules/cli/node_modules/${name}`]: {} })).toEqual({});
    expect(missingEntries({ 'node_modules/a/node_modules/cli': parent, [`node_modules/a/node_modules/${name}`]: {} })).toEqual({});
  });

  it('makes up no package that is not a build for a platform, and no version that is not pinned', () => {
    expect(() => missingEntries({ 'node_modules/cli': { optionalDependencies: { fsevents: '2.3.3' } } })).toThrow(
      'does not say for which platform',
    );
    expect(() => missingEntries({ 'node_modules/cli': { optionalDependencies: { 'x-linux-x64': '^1.0.0' } } })).toThrow('not pinned');
  });
});
