import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findJdk } from './find-jdk.mjs';

describe('findJdk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadline-jdks-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function install(name: string, script: string): Promise<string> {
    const home = join(folder, name);
    await mkdir(join(home, 'bin'), { recursive: true });
    await writeFile(join(home, 'bin', 'javac'), `#!/bin/sh\n${script}\n`);
    await chmod(join(home, 'bin', 'javac'), 0o755);
    return home;
  }

  it('takes the newest of the folder, and none older than 21', async () => {
    await install('java-17', 'echo javac 17.0.15');
    expect(findJdk({ environment: {}, folder })).toBeUndefined();
    await install('java-21', 'echo javac 21.0.2');
    const newest = await install('temurin-25', 'echo javac 25');
    expect(findJdk({ environment: {}, folder })).toEqual({ home: newest, version: 25 });
  });

  it('prefers JAVA_HOME when that is new enough, and passes over an old one', async () => {
    const old = await install('java-17', 'echo javac 17.0.15');
    const chosen = await install('java-21', 'echo javac 21.0.2');
    const newest = await install('temurin-25', 'echo javac 25');
    expect(findJdk({ environment: { JAVA_HOME: chosen }, folder })).toEqual({ home: chosen, version: 21 });
    expect(findJdk({ environment: { JAVA_HOME: old }, folder })).toEqual({ home: newest, version: 25 });
  });

  it('takes an older one for a program that is content with it', async () => {
    const old = await install('java-17', 'echo javac 17.0.15');
    expect(findJdk({ environment: {}, folder, oldest: 17 })).toEqual({ home: old, version: 17 });
    expect(findJdk({ environment: { JAVA_HOME: old }, folder, oldest: 18 })).toBeUndefined();
  });

  it('passes over what is no JDK', async () => {
    await install('broken', 'exit 1');
    await install('other', 'echo something else');
    await mkdir(join(folder, 'runtime-only', 'bin'), { recursive: true });
    expect(findJdk({ environment: { JAVA_HOME: join(folder, 'absent') }, folder })).toBeUndefined();
    expect(findJdk({ environment: {}, folder: join(folder, 'absent') })).toBeUndefined();
  });
});
