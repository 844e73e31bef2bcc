import type { LogRecord } from '@threadline/collector/api';
import { attributeRows } from './attribute-rows.ts';
import { isColumnKey } from './log-columns.ts';

/** So many records say what the others have, too. */
const MAX_LOOKED_AT = 500;

/** Keys of attributes that records of a list have and columns can be made of, those first that most have. */
export function listedKeys(records: readonly LogRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const { attributes, resource, scope } of records.slice(0, MAX_LOOKED_AT)) {
    const keys = new Set([attributes, resource.attributes, scope.attributes].flatMap((own) => attributeRows(own).map(({ key }) => key)));
    for (const key of keys) if (isColumnKey(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([leftKey, left], [rightKey, right]) => right - left || (leftKey < rightKey ? -1 : 1)).map(([key]) => key);
}
