import { ascending } from '../../model/ascending.ts';
import type { OperationCounts } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';

/** Of services that have spans, sorted: one that only logs has no trace to look for. */
export async function readServiceNames({ storage, context }: Reader): Promise<string[]> {
  const services = await storage.services({}, context);
  return services
    .filter(({ spanCount }) => spanCount > 0)
    .map(({ name }) => name)
    .sort();
}

/** Of spans of one kind, or of all, by name, then kind. */
export async function readOperations(
  { service, kind }: { readonly service: string; readonly kind?: number | undefined },
  { storage, context }: Reader,
): Promise<OperationCounts[]> {
  const operations = await storage.operations(service, {}, context);
  return operations
    .filter((operation) => kind === undefined || operation.kind === kind)
    .sort((a, b) => ascending(a.name, b.name) || a.kind - b.kind);
}
