/** The longest key that gets a typed field, in bytes, and the most parts between its dots: what other tools take as a field name. */
const MAX_FIELD_NAME_BYTES = 1_024;
const MAX_FIELD_NAME_DEPTH = 16;

/** Elasticsearch itself refuses only empty and blank names here; control characters, empty parts and great lengths break tools around it. */
export function isFieldName(key: string): boolean {
  if (Buffer.byteLength(key) > MAX_FIELD_NAME_BYTES || !key.isWellFormed()) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(key)) return false;
  const parts = key.split('.');
  return parts.length <= MAX_FIELD_NAME_DEPTH && parts.every((part) => part.trim() !== '');
}
