import { ascending } from '../../model/ascending.ts';
import type { Deployment } from '../errors/errors.ts';
import type { TimeRange } from '../storage.ts';
import type { Figure, FiguresRequest } from './figures.ts';

interface Building {
  readonly version: string;
  readonly environment: string;
  firstMinute: number;
  lastMinute: number;
  readonly instances: Map<string, { readonly instance: string; firstMinute: number; lastMinute: number }>;
}

type SeenFigure = Pick<Figure, 'key' | 'firstMinute' | 'lastMinute'>;

/** What `deploymentsOf` needs to know of a service. */
export function deploymentFigures(service: string, range: TimeRange): FiguresRequest {
  return { range, types: ['instance', 'logs'], service };
}

/** What figures of instances and of logs of a service say of its versions, the newest first. */
export function deploymentsOf(figures: readonly SeenFigure[]): Deployment[] {
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
      (left, right) => left.firstMinute - right.firstMinute || ascending(left.instance, right.instance),
    ),
  })).sort(
    (left, right) =>
      right.firstMinute - left.firstMinute ||
      (left.version === right.version ? ascending(left.environment, right.environment) : ascending(right.version, left.version)),
  );
}
