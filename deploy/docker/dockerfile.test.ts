import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MEMORY_SETTINGS } from '../../scripts/workspace/memory-settings.mjs';
import { composeService } from './compose-file.ts';
import { readDockerfile, restOf } from './dockerfile.ts';

const ROOT = new URL('../../', import.meta.url);
const [build = [], final = []] = readDockerfile(new URL('Dockerfile', import.meta.url));
const manifest: { devDependencies: Record<string, string>; scripts: Record<string, string>; workspaces: string[] } = JSON.parse(
  readFileSync(new URL('package.json', ROOT), 'utf8'),
);

describe('the Dockerfile', () => {
  it('starts both stages from the Node that we develop on, of the slim kind', () => {
    const image = `node:${manifest.devDependencies.node}-bookworm-slim`;
    expect(restOf(build, 'FROM')).toEqual([`${image} AS build`]);
    expect(restOf(final, 'FROM')).toEqual([image]);
  });

  it('copies only what exists', () => {
    const sources = restOf(build, 'COPY').flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources).toContain('package-lock.json');
    for (const source of sources) expect(existsSync(new URL(source, ROOT)), source).toBe(true);
  });

  it('installs with the manifest of every workspace', () => {
    const sources = restOf(build, 'COPY').join(' ');
    for (const workspace of manifest.workspaces) expect(sources).toContain(`${workspace}/package.json`);
  });

  it('runs only scripts that package.json has', () => {
    const scripts = restOf(build, 'RUN').flatMap((command) => command.match(/npm run (\S+)/)?.[1] ?? []);
    expect(scripts).toEqual(['build']);
    for (const script of scripts) expect(manifest.scripts).toHaveProperty(script);
  });

  it('runs as a user without rights, whose directory the volumes are', () => {
    expect(restOf(final, 'USER')).toEqual(['node']);
    const [directory = ''] = composeService('collector').volumes.map((volume) => volume.split(':')[1]);
    expect(restOf(final, 'RUN')).toEqual([`install --directory --owner=node --group=node ${directory}`]);
  });

  it('leaves out of the image what the .dockerignore beside it names, never what is built from', () => {
    const ignored = readFileSync(new URL('Dockerfile.dockerignore', import.meta.url), 'utf8').split('\n');
    for (const name of ['.git', '**/node_modules', '**/dist', 'data']) expect(ignored).toContain(name);
    for (const name of ['scripts', 'collector', 'deploy', 'package.json']) expect(ignored).not.toContain(name);
  });

  it('has memory taken as npm start does', () => {
    const settings = Object.entries(MEMORY_SETTINGS).map(([name, value]) => `${name}=${value}`);
    expect(restOf(final, 'ENV')).toContain(settings.join(' '));
  });

  it('starts a file that the build makes', () => {
    const [command = '[]'] = restOf(final, 'CMD');
    const [program, script]: string[] = JSON.parse(command);
    expect(program).toBe('node');
    expect(existsSync(fileURLToPath(new URL(script ?? '', ROOT)))).toBe(true);
  });
});
