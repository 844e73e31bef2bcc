import { ThreadlineError } from '../errors.ts';

/** A label's name and its value in double quotes or backticks, with what stands around them. */
const PAIR = /\s*([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*(,|$)/y;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
const LAST_CODE_POINT = 0x10ffff;

/** The labels of a stream as Prometheus writes them: `{job="api", path="a\"b"}`. Throws `malformed_body` for what is no such text. */
export function parseLabels(text: string): Map<string, string> {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) throw malformed();
  const inner = trimmed.slice(1, -1).trim();
  const labels = new Map<string, string>();
  let at = 0;
  while (at < inner.length) {
    PAIR.lastIndex = at;
    const [, name = '', value = ''] = PAIR.exec(inner) ?? [];
    if (name === '') throw malformed();
    labels.set(name, unquote(value));
    at = PAIR.lastIndex;
  }
  return labels;
}

/** A string of Go's. */
function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`') || !inner.includes('\\')) return inner;
  return inner.replace(ESCAPE, (_all, hex?: string, short?: string, long?: string, octal?: string, other?: string) => {
    const digits = hex ?? short ?? long;
    if (digits === undefined && octal === undefined) return NAMED.get(other ?? '') ?? other ?? '';
    const code = digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
    return code > LAST_CODE_POINT ? '\ufffd' : String.fromCodePoint(code);
  });
}

function malformed(): ThreadlineError {
  return new ThreadlineError('malformed_body', 'the labels of a stream are not as in {job="api", level="info"}');
}
