/** Last words of names whose values are secrets, in any writing: `db.password`, `x-api-key`, `accessToken`. Source: the SDK's redaction, docs/sdk.md, "Secrets". */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  'authorization cookie cookies token password passwd pwd passphrase secret apikey credential credentials jwt auth sid passcode cvv cvc pin otp iban ssn'.split(
    ' ',
  ),
);
const SECRET_PAIRS: ReadonlySet<string> = new Set([
  'api key',
  'private key',
  'access key',
  'secret key',
  'session id',
  'set cookie',
  'signing key',
  'account key',
  'shared key',
  'encryption key',
  'master key',
]);
/** Whether a value is hidden for its name alone. */
export function isSecretName(key: string, names: readonly string[]): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const [beforeLast = '', last = ''] = words.slice(-2).length === 2 ? words.slice(-2) : ['', ...words.slice(-1)];
  if (SECRET_WORDS.has(last) || SECRET_PAIRS.has(`${beforeLast} ${last}`)) return true;
  const lower = key.toLowerCase();
  return names.some(
    (name) => matchesName(lower, name.toLowerCase()) || matchesName(lower.slice(lower.lastIndexOf('.') + 1), name.toLowerCase()),
  );
}

function matchesName(key: string, pattern: string): boolean {
  if (pattern === '') return false;
  if (!pattern.includes('*')) return key === pattern;
  return new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`).test(key);
}

/** A text as an expression that finds it. */
export function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
