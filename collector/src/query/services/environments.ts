import type { EnvironmentsAnswer } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { type Figure, isOfProcess } from '../../storage/figures/figures.ts';
import { environmentQuery } from '../../storage/figures/resource-queries.ts';
import type { TimeRange } from '../../storage/storage.ts';
import { answerNotes } from '../answer-notes.ts';
import type { Reader } from '../api-route.ts';

/** Of one tenant; services that are more are not heard of by their health checks alone. */
const MAX_SERVICES = 1_000;

/** Where what was sent in the range is from; of all services or of one. */
export async function readEnvironments(
  { range, service }: { readonly range: TimeRange; readonly service?: string },
  { storage, context }: Reader,
): Promise<EnvironmentsAnswer> {
  const request = { range, types: ['instance', 'logs'], ...(service !== undefined && { service }) } as const;
  const { figures, partial } = await storage.serviceFigures(request, context);
  const names = new Set(figures.flatMap(({ key }) => (isOfProcess(key) ? [key.environment] : [])));
  return { environments: [...names].sort(ascending), ...answerNotes({ partial }) };
}

/** Without instances and logs of others; all where none is asked for. The rest is of one already, by `FiguresRequest.environment`. */
export function inEnvironment(figures: readonly Figure[], environment: string | undefined): readonly Figure[] {
  if (environment === undefined) return figures;
  return figures.filter(({ key }) => !isOfProcess(key) || key.environment === environment);
}

/** Services that sent spans from there in the range, counted in figures or not: what looks whether a service lives is not. */
export async function servicesIn(environment: string, range: Required<TimeRange>, { storage, context }: Reader): Promise<string[]> {
  const request = { target: 'spans', query: environmentQuery(environment), range, percentiles: [], limit: MAX_SERVICES } as const;
  const { groups } = await storage.countStats({ ...request, groupBy: [{ type: 'record', name: 'service' }] }, context);
  return groups.flatMap(({ key: [name] }) => name ?? []);
}
