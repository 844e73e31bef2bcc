/** Names under which signed addresses and login flows carry secrets; the semantic conventions ask to redact the first four. */
const SECRET_NAME =
  /^(AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-(Signature|Credential|Security-Token)|.*(token|secret|password|api[-_]?key).*)$/i;

/** The query, without its question mark, with `REDACTED` for the values of secrets; everything else stays as it was written. */
export function hideSecretValues(query: string): string {
  if (query === '') return query;
  return query
    .split('&')
    .map((pair) => {
      const end = pair.indexOf('=');
      return end !== -1 && SECRET_NAME.test(decoded(pair.slice(0, end))) ? `${pair.slice(0, end)}=REDACTED` : pair;
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
