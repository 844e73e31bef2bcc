/**
 * What a storage can do, as data. The zero value (`NO_CAPABILITIES`) is the least capable; a form that is not
 * offered is refused by name before the storage is asked, never approximated.
 */
export interface Capabilities {
  /** `field:/regex/`. */
  readonly regex: boolean;
  /** A pattern that starts with a wildcard has to read every record: the answer says so. */
  readonly leadingWildcardScans: boolean;
  /** How percentiles of numbers are found. */
  readonly percentiles: PercentileMethod;
  /** Facts for the operator: the server's version, the text field type, the index mode that was used. */
  readonly notes: Readonly<Record<string, string>>;
}

/**
 * `logBuckets`: a percentile is at most `maxRelativeError` (a part of it) away from a number that was there, whatever the numbers are.
 * `tDigest`: exact where there are few numbers, and nearest at both ends; no bound.
 */
export type PercentileMethod = { readonly method: 'logBuckets'; readonly maxRelativeError: number } | { readonly method: 'tDigest' };

export const NO_CAPABILITIES: Capabilities = { regex: false, leadingWildcardScans: true, percentiles: { method: 'tDigest' }, notes: {} };
