import { isSecretParameter, rememberNames } from '../redaction/secret-names.ts';

/**
 * The query, without its question mark, with `REDACTED` for the values of secrets; everything else stays as it was written.
 * The semantic conventions ask for it when the span is made, whatever else is hidden when it is sent.
 */
export function hideSecretValues(query: string): string {
  let shown = '';
  let kept = 0;
  for (let start = 0, sign = query.indexOf('='); sign !== -1; ) {
    const and = query.indexOf('&', start);
    const end = and === -1 ? query.length : and;
    if (sign < end) {
      if (isSecret(query.slice(start, sign))) {
        shown += `${query.slice(kept, sign)}=REDACTED`;
        kept = end;
      }
      sign = query.indexOf('=', end);
    }
    start = end + 1;
  }
  return kept === 0 ? query : shown + query.slice(kept);
}

/** The same names come with every request. */
const isSecret = rememberNames((name) => isSecretParameter(decoded(name)));

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A lone percent sign: the name is what it looks like.
    return name;
  }
}
