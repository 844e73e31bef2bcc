import type { TestProject } from 'vitest/node';
import { startNode } from './global-setup.ts';

/** The last line of version 8, on which the same tests run. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return startNode(project, '8.19.9');
}
