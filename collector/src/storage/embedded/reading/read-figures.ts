import type { FiguresRequest, FiguresResult } from '../../figures/figures.ts';
import type { ReadScope } from './read-scope.ts';

/** Of all spans that were there when the read started. Only the thread that keeps the figures can be asked. */
export function readFigures({ figures, tenant, check }: ReadScope, request: FiguresRequest): FiguresResult {
  if (!figures) throw new Error('this thread keeps no figures');
  return figures.read(request, tenant, check);
}
