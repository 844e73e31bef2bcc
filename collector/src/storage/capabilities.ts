/**
 * What a storage can do, as data. The zero value (`NO_CAPABILITIES`) is the least capable; a form that is not
 * offered is refused by name before the storage is asked, never approximated.
 */
export interface Capabilities {
  /** `field:/regex/`. */
  readonly regex: boolean;
  /** A pattern that starts with a wildcard has to read every record: the answer says so. */
  readonly leadingWildcardScans: boolean;
  /** Facts for the operator: the server's version, the text field type, the index mode that was used. */
  readonly notes: Readonly<Record<string, string>>;
}

export const NO_CAPABILITIES: Capabilities = { regex: false, leadingWildcardScans: true, notes: {} };
