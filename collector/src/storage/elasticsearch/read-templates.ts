import { TemplateForest } from '../patterns/template-forest.ts';
import type { ReadContext } from '../storage.ts';
import { TEMPLATE_FIELD } from './columns.ts';
import { compositeBuckets, keyOf, type Search } from './search-requests.ts';

const TEMPLATES_A_PAGE = 10_000;

/**
 * What all templates of the tenant's logs come to, whoever wrote them and when. Elasticsearch keeps its answer for every index that has not
 * changed, so that only the newest is counted again.
 */
export async function readTemplates(search: Search, context: ReadContext): Promise<TemplateForest> {
  const forest = new TemplateForest();
  const sources = { template: { field: TEMPLATE_FIELD } };
  const request = { target: 'logs', query: { match_all: {} }, sources, pageSize: TEMPLATES_A_PAGE, context } as const;
  for await (const bucket of compositeBuckets(search, request)) forest.add(keyOf(bucket, 'template'));
  return forest;
}
