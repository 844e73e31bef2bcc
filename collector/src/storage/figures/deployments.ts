import type { Deployment } from '../errors/errors.ts';
import type { Figure } from './figures.ts';

interface Building {
  readonly version: string;
  readonly environment: string;
  firstMinute: number;
  lastMinute: number;
  readonly instances: Map<string, { readonly instance: string; firstMinute: number; lastMinute: number }>;
}

/** What figures of instances and of logs say of the versions of their service, the newest first. */
export function deploymentsOf(figures: readonly Pick<Figure, 'key' | 'firstMinute' | 'lastMinute'>[]): Deployment[] {
  const deployments = new Map<string, Building>();
  for (const { key, firstMinute, lastMinute } of figures) {
    if (key.type !== 'instance' && key.type !== 'logs') continue;
    const { version, environment, instance } = key;
    const id = `${version}\n${environment}`;
    const known = deployments.get(id) ?? { version, environment, firstMinute, lastMinute, instances: new Map() };
    deployments.set(id, known);
    known.firstMinute = Math.min(known.firstMinute, firstMinute);
    known.lastMinute = Math.max(known.lastMinute, lastMinute);
    const times = known.instances.get(instance) ?? { instance, firstMinute, lastMinute };
    known.instances.set(instance, times);
    times.firstMinute = Math.min(times.firstMinute, firstMinute);
    times.lastMinute = Math.max(times.lastMinute, lastMinute);
  }
  return Array.from(deployments.values(), ({ instances, ...deployment }) => ({
    ...deployment,
    instances: [...instances.values()].sort(
      (left, right) => left.firstMinute - right.firstMinute || compare(left.instance, right.instance),
    ),
  })).sort(
    (left, right) =>
      right.firstMinute - left.firstMinute ||
      (left.version === right.version ? compare(left.environment, right.environment) : compare(right.version, left.version)),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
