/** A SQL text without its values, and what may be said of it. */
export interface SqlText {
  /** The text with each literal as `?`, without comments, blanks made one, `IN (?, ?)` made `IN (?)`. */
  readonly text: string;
  /** The first word, in capitals; undefined when there are several statements. */
  readonly operation: string | undefined;
  /** Operations and their tables, as `db.query.summary` has them: `SELECT orders`, `INSERT audit SELECT orders`. */
  readonly summary: string;
}

/** Texts longer than this are cut before they are read: what is shown is bounded, and so is the work. */
const MAX_TEXT_LENGTH = 4096;
/** `db.query.summary` has at most 255 characters by its definition. */
const MAX_SUMMARY_LENGTH = 255;
/** Apps have some hundred statements; one that writes values into its texts must not fill the memory. */
const MAX_CACHED = 500;

/**
 * What double quotes are around: to PostgreSQL, as in the standard, always a name. SQLite takes them for a text where no such name is known, and MySQL unless it is
 * told otherwise.
 */
export type DoubleQuoted = 'name' | 'name or text';

const caches: Readonly<Record<DoubleQuoted, Map<string, SqlText>>> = { name: new Map(), 'name or text': new Map() };

/**
 * Comments, dollar quotes, strings (also E'', X'', N'' and $tag$), quoted names, parameters, numbers, words, anything
 * else; a string or a comment without an end takes the rest.
 */
const TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<dollar>\$(?<tag>[A-Za-z_]\w*|)\$[\s\S]*?(?:\$\k<tag>\$|$))|(?<escaped>[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$))|(?<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$))|(?<quoted>"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\[[A-Za-z_]\w*\])|(?<parameter>\$\d+|[:@$][A-Za-z_]\w*|\?\d*)|(?<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\w*)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<blank>\s+)|(?<other>::|[\s\S])/gu;

const OPERATIONS = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'CREATE',
  'DROP',
  'ALTER',
  'TRUNCATE',
  'CALL',
  'EXECUTE',
  'COPY',
  'REPLACE',
]);
/** Words after which a table is named. */
const BEFORE_TABLE = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'TRUNCATE', 'CALL', 'COPY', 'INDEX', 'VIEW']);
/** Words that may stand between them and the name. */
const SKIPPED = new Set(['ONLY', 'LATERAL', 'IF', 'NOT', 'EXISTS', 'TABLE', 'OR', 'IGNORE', 'ABORT', 'FAIL', 'ROLLBACK']);

/** Reads a statement for a span. Never throws; what it cannot read becomes `?`. Answers for the same text are remembered. */
export function readSql(sql: string, doubleQuoted: DoubleQuoted = 'name or text'): SqlText {
  const cache = caches[doubleQuoted];
  const known = cache.get(sql);
  if (known !== undefined) return known;
  const read = readStatement(sql.slice(0, MAX_TEXT_LENGTH), doubleQuoted);
  if (sql.length <= MAX_TEXT_LENGTH) {
    const oldest = cache.size >= MAX_CACHED ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(sql, read);
  }
  return read;
}

function readStatement(sql: string, doubleQuoted: DoubleQuoted): SqlText {
  let text = '';
  let statements = 0;
  let inStatement = false;
  let first: string | undefined;
  let afterName = false;
  let expectsTable = false;
  let previous = '';
  const summary: string[] = [];
  const addTable = (name: string): void => {
    if (afterName) summary.push(`${summary.pop() ?? ''}.${name}`);
    else summary.push(name);
  };
  for (const match of sql.matchAll(TOKEN)) {
    const { comment, dollar, escaped, string, number, word, quoted, blank, parameter } = match.groups ?? {};
    const token = match[0];
    if (comment !== undefined || blank !== undefined) {
      if (text !== '' && !text.endsWith(' ')) text += ' ';
      continue;
    }
    if (token !== ';' && !inStatement) {
      inStatement = true;
      statements += 1;
    }
    if (token === ';') inStatement = false;
    if (dollar !== undefined || escaped !== undefined || string !== undefined || number !== undefined) {
      text += '?';
      previous = '?';
      expectsTable = false;
      continue;
    }
    if (parameter !== undefined) {
      text += token;
      previous = token;
      continue;
    }
    const upper = token.toUpperCase();
    if (word !== undefined) {
      first ??= upper;
      if (upper === 'TRUE' || upper === 'FALSE') text += '?';
      else text += token;
      const isOperation = OPERATIONS.has(upper) && previous !== '.';
      if (previous === '.' && afterName) addTable(token);
      else if (isOperation && !(upper === 'UPDATE' && /^(FOR|DO|ON|KEY)$/.test(previous)) && !(upper === 'DELETE' && previous === 'ON')) {
        summary.push(upper);
        expectsTable = BEFORE_TABLE.has(upper);
        afterName = false;
      } else if (expectsTable && !SKIPPED.has(upper)) {
        if (previous !== '(') addTable(token);
        expectsTable = false;
        afterName = true;
        previous = upper;
        continue;
      } else if (BEFORE_TABLE.has(upper) && !isOperation && summary.length > 0) {
        expectsTable = !(upper === 'FROM' && previous === 'DISTINCT');
        afterName = false;
      } else if (!SKIPPED.has(upper)) afterName = false;
    } else if (quoted !== undefined) {
      // A double-quoted word is a string to some databases: there it is shown only where a name must be.
      const isQuotedName = doubleQuoted === 'name' && QUOTED_NAME.test(token);
      const isName = isQuotedName || expectsTable || previous === '.' || token.startsWith('`') || token.startsWith('[');
      const name = token.slice(1, -1);
      text += isName || NAME.test(name) ? token : '?';
      if (expectsTable || (previous === '.' && afterName)) {
        addTable(name);
        afterName = true;
        expectsTable = false;
      }
    } else {
      text += token;
      if (token === '(') expectsTable = false;
      if (token === ',' || token === '(' || token === ')') afterName = false;
    }
    previous = upper;
  }
  const collapsed = text.trim().replace(/\((?:\s*(?:\?|\$\d+)\s*,)+\s*(?:\?|\$\d+)\s*\)/g, '(?)');
  const words = summary.length === 0 && first !== undefined ? [first] : summary;
  return {
    text: collapsed,
    operation: statements === 1 ? first : undefined,
    summary: words.join(' ').slice(0, MAX_SUMMARY_LENGTH) || 'SQL',
  };
}

/** What no value of a person looks like: a column's name in snake or camel case, without blanks. */
const NAME = /^[a-z_][A-Za-z0-9_]*$/;

/** With its end: of a text that was cut, or that was read from a wrong place, nobody knows what it is. */
const QUOTED_NAME = /^"(?:[^"]|"")+"$/;
