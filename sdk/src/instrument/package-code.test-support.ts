import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** All code of a package that is installed for this file or folder, as a bundle would have it. */
export function codeOf(name: string, from: string = import.meta.url): Buffer {
  let folder = dirname(createRequire(from).resolve(name));
  while (!readdirSync(folder).includes('package.json') || !folder.endsWith(join('node_modules', name))) folder = dirname(folder);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.c?js$/.test(entry.name) && !entry.parentPath.slice(folder.length).includes('node_modules'),
  );
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}
