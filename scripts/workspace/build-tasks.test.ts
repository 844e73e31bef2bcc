import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly workspaces?: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
}

const ROOT = new URL('../../', import.meta.url);
const manifestOf = (directory: string): Manifest => JSON.parse(readFileSync(new URL(`${directory}package.json`, ROOT), 'utf8'));

describe('the workspaces', () => {
  // Two tasks that ran at once left empty files in `dist`, and turbo kept those for every later build.
  it('have one task that writes what others read', () => {
    for (const workspace of manifestOf('').workspaces ?? []) {
      const writing = Object.entries(manifestOf(`${workspace}/`).scripts).filter(([, command]) => command.includes('tsc -b'));
      expect(
        writing.map(([name]) => name),
        workspace,
      ).toEqual(['build']);
    }
  });
});
