import { sep } from 'node:path';

/** How the path of a package goes on behind the folder that has it. */
export const NODE_MODULES = `${sep}node_modules${sep}`;

/** Where a file of a package is. */
export interface ModulePlace {
  /** Of the package. */
  readonly name: string;
  /** Of the package. */
  readonly folder: string;
  /** The file's path from `node_modules`, with slashes. */
  readonly inside: string;
}

/** Undefined for a file that is in no package. */
export function placeOf(file: string): ModulePlace | undefined {
  const start = file.lastIndexOf(NODE_MODULES);
  if (start === -1) return undefined;
  const parts = file.slice(start + NODE_MODULES.length).split(sep);
  const name = parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1).join('/');
  return { name, folder: file.slice(0, start + NODE_MODULES.length + name.length), inside: parts.join('/') };
}
