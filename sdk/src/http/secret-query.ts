import { isSecretParameter } from '../redaction/secret-names.ts';

/**
 * The query, without its question mark, with `REDACTED` for the values of secrets; everything else stays as it was written.
 * The semantic conventions ask for it when the span is made, whatever else is hidden when it is sent.
 */
export function hideSecretValues(query: string): string {
  if (query === '' || !query.includes('=')) return query;
  return query
    .split('&')
    .map((pair) => {
      const end = pair.indexOf('=');
      return end !== -1 && isSecretParameter(decoded(pair.slice(0, end))) ? `${pair.slice(0, end)}=REDACTED` : pair;
    })
    .join('&');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A lone percent sign: the name is what it looks like.
    return name;
  }
}
