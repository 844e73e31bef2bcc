import type { ErrorsRequest, ErrorsResult, OtherErrors } from '../../errors/errors.ts';
import type { FiguresRequest, FiguresResult } from '../../figures/figures.ts';
import type { TableName } from '../layout.ts';
import type { RowGroup } from '../segments/segment.ts';
import type { KnownComparison } from './known-comparison.ts';
import type { KnownTemplates } from './known-templates.ts';
import type { KnownValues } from './known-values.ts';
import type { PageCache } from './page-cache.ts';

/** What one read sees, and what it needs. A read that meets damage throws `DamagedSegmentError`. */
export interface ReadScope {
  readonly tenant: string;
  /** Those that can be read, in no order. They stay as they are until the read ends. */
  groups(table: TableName): readonly RowGroup[];
  readonly cache: PageCache;
  /** Of all that `groups` gives. */
  readonly templates: KnownTemplates;
  /** In threads that answer more than one such question. */
  readonly values?: KnownValues;
  /** In threads that answer more than one such question. */
  readonly comparison?: KnownComparison;
  /** In the one thread that keeps them. */
  readonly figures?: { read(request: FiguresRequest, tenant: string, check: () => void): FiguresResult };
  /** In the same thread. */
  readonly errors?: {
    read(request: ErrorsRequest, tenant: string, check: () => void): ErrorsResult;
    others(): OtherErrors[];
  };
  /** Throws when the read has to end. */
  readonly check: () => void;
}
