/** A record as people paste it: indented JSON, control characters escaped by JSON's own rules. */
export function recordJson(record: object): string {
  return JSON.stringify(record, undefined, 2);
}
