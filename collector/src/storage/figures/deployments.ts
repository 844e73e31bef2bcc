import type { Deployment } from '../errors/errors.ts';
import type { Figure } from './figures.ts';

interface Building {
  readonly version: string;
  readonly environment: string;
  firstMinute: number;
  lastMinute: number;
  readonly instances: { readonly instance: string; readonly firstMinute: number; readonly lastMinute: number }[];
}

/** What figures of instances say of the versions of their service, the newest first. */
export function deploymentsOf(figures: readonly Pick<Figure, 'key' | 'firstMinute' | 'lastMinute'>[]): Deployment[] {
  const deployments = new Map<string, Building>();
  for (const { key, firstMinute, lastMinute } of figures) {
    if (key.type !== 'instance') continue;
    const { version, environment, instance } = key;
    const id = `${version}\n${environment}`;
    const known = deployments.get(id) ?? { version, environment, firstMinute, lastMinute, instances: [] };
    deployments.set(id, known);
    known.firstMinute = Math.min(known.firstMinute, firstMinute);
    known.lastMinute = Math.max(known.lastMinute, lastMinute);
    known.instances.push({ instance, firstMinute, lastMinute });
  }
  for (const { instances } of deployments.values())
    instances.sort((left, right) => left.firstMinute - right.firstMinute || (left.instance < right.instance ? -1 : 1));
  return [...deployments.values()].sort(
    (left, right) =>
      right.firstMinute - left.firstMinute ||
      (left.version === right.version ? compare(left.environment, right.environment) : compare(right.version, left.version)),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
