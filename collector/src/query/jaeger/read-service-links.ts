import { ascending } from '../../model/ascending.ts';
import type { TimeRange } from '../../storage/storage.ts';
import type { Reader } from '../api-route.ts';
import { formatRfc3339 } from '../format-rfc3339.ts';

/** `callCount` spans of the service `child` were caused by one of `parent`. */
export interface ServiceLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

export interface ServiceLinks {
  /** By parent, then child. */
  readonly links: readonly ServiceLink[];
  /** What was not looked at, for a person. */
  readonly warnings: readonly string[];
}

/** Who calls whom in the range, whose first and last minute count as a whole. */
export async function readServiceLinks(range: TimeRange, { storage, context }: Reader): Promise<ServiceLinks> {
  const { figures, partial } = await storage.serviceFigures({ range, types: ['call'] }, context);
  const links = new Map<string, { parent: string; child: string; callCount: number }>();
  for (const { key, counts } of figures) {
    if (key.type !== 'call') continue;
    const id = JSON.stringify([key.caller, key.service]);
    const link = links.get(id) ?? { parent: key.caller, child: key.service, callCount: 0 };
    links.set(id, link);
    link.callCount += counts.spans;
  }
  return {
    links: [...links.values()].sort((left, right) => ascending(left.parent, right.parent) || ascending(left.child, right.child)),
    warnings: partial
      ? [`Only spans since ${formatRfc3339(partial.searchedFromNanos)} were counted; a shorter lookback counts all of its own.`]
      : [],
  };
}
