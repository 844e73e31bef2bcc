/**
 * Every limit of what is taken in, in one table. Whole requests over a limit are refused (413, RESOURCE_EXHAUSTED);
 * what is inside a request is cut, marked on the record (`truncations`) and named in `partial_success`.
 */
export const LIMITS = {
  /** An HTTP body after decompression, and before: what a sender's largest sensible batch needs, bounded for memory. */
  bodyBytes: 20 * 1024 * 1024,
  /** A body in another protocol's JSON, which stands in memory as objects, some twenty times as large, while it is read. */
  treeBodyBytes: 5 * 1024 * 1024,
  /** One gRPC message after decompression: gRPC's own default, which senders expect. */
  grpcMessageBytes: 4 * 1024 * 1024,
  /** One record's own keys and values (its resource and its scope count as one each): what a storage takes as one document. */
  recordBytes: 1024 * 1024,
  /** Attributes in one list: OpenTelemetry's own default for an SDK. */
  attributeCount: 128,
  /** One string or bytes value other than a log's body, in bytes of UTF-8: beyond this nobody reads or searches it. */
  valueBytes: 64 * 1024,
  /** Arrays and maps inside one another in one value: beyond this no index follows. */
  depth: 16,
  /** Messages, objects or arrays inside one another in a body at all; what is deeper is no telemetry. */
  nesting: 10_000,
  /** Messages in one request: five times what real telemetry puts in a full body, so that empty ones cannot fill the memory. */
  messages: 2_000_000,
  /** Resources and scopes in one request, of which each costs as much as several records: far more than any sender's batch has, so that empty ones cannot fill the memory. */
  sharedParts: 20_000,
  /** Records in one request: a full body of the shortest real ones. Each costs a storage far more than its bytes here. */
  records: 250_000,
  /** All records of a request with their resource and scope beside each: a huge resource must not be multiplied without bound. */
  expandedBytes: 512 * 1024 * 1024,
  /** Truncation marks on one record, so that marks cannot outgrow what was cut. */
  truncationMarks: 128,
  /** Of bodies being read, decoded or written at once, what is here of them, all doors together; then 429. */
  inFlightBytes: 64 * 1024 * 1024,
  /** Requests being decoded or written at once, all doors together; then 429. */
  inFlightRequests: 256,
  /** Those and the ones being read, which slow senders take a minute for; then 429. */
  openRequests: 4_096,
} as const;
