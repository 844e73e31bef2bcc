import type { RowGroup } from '../segments/segment.ts';
import { Page } from './page.ts';
import type { PageCache } from './page-cache.ts';

const known = new WeakMap<RowGroup, { readonly tenant: string | undefined }>();

/** The tenant of all rows of the row group; undefined where there may be several. */
export function onlyTenant(group: RowGroup, cache: PageCache): string | undefined {
  if (group.tenant !== undefined) return group.tenant;
  const found = known.get(group);
  if (found) return found.tenant;
  const tenant = new Page(group, 0, cache).onlyText('tenant');
  known.set(group, { tenant });
  return tenant;
}
