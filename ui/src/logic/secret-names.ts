/** Last words of names whose values are secrets, in any writing: `db.password`, `x-api-key`, `accessToken`. Source: the SDK's redaction, docs/sdk.md, "Secrets". */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  'authorization cookie cookies token password passwd pwd passphrase secret apikey credential credentials jwt auth sid pass passcode cvv cvc pin otp iban ssn'.split(
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
/** Ends of names whose values are secrets, written without case and marks. They are those of the SDK (sdk/src/redaction/secret-names.ts), which no page may import. */
const SECRET_ENDS: readonly string[] =
  'authorization cookie cookies token secret password passwordhash passwordconfirm passwordconfirmation passwordrepeat passwd pwd passphrase apikey privatekey secretkey accesskey accesskeyid accountkey credential credentials sessionid jwt'.split(
    ' ',
  );
/** Of names of several secrets. Some are names of counts as well (`max_tokens`), so that numbers under them are none. */
const LIST_ENDS: readonly string[] = 'tokens secrets passwords passphrases apikeys privatekeys secretkeys accesskeys sessionids jwts'.split(
  ' ',
);

/** Whether a value is hidden for its name alone. */
export function isSecretName(key: string, names: readonly string[]): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const [beforeLast = '', last = ''] = words.slice(-2).length === 2 ? words.slice(-2) : ['', ...words.slice(-1)];
  if (SECRET_WORDS.has(last) || SECRET_PAIRS.has(`${beforeLast} ${last}`) || hasEnd(key, SECRET_ENDS)) return true;
  const lower = key.toLowerCase();
  return names.some(
    (name) => matchesName(lower, name.toLowerCase()) || matchesName(lower.slice(lower.lastIndexOf('.') + 1), name.toLowerCase()),
  );
}

/** Of a name in the plural, whose texts are secrets and whose numbers are counts: `tokens`. */
export function isSecretList(key: string): boolean {
  return hasEnd(key, LIST_ENDS);
}

/** Of the last part of a name, also with a number behind it: `password2`. */
function hasEnd(key: string, ends: readonly string[]): boolean {
  const inner = key.endsWith(']') ? key.slice(0, -1) : key;
  const part = inner.slice(Math.max(inner.lastIndexOf('.'), inner.lastIndexOf('[')) + 1);
  const plain = part
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/\d+$/, '');
  return ends.some((end) => plain.endsWith(end));
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
