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

/** Whose rules a text is read by: what is quoted how, and what a comment is. */
export type SqlDialect = 'postgresql' | 'sqlite' | 'mysql';

interface Dialect {
  /**
   * Comments, dollar quotes, strings (also E'', X'', N'' and $tag$), quoted names, parameters, numbers, words, anything
   * else; a string or a comment without an end takes the rest.
   */
  readonly token: RegExp;
  /** Whether what is in double quotes is always a name, as in the standard. SQLite takes it for a text where no such name is known; to MySQL it is a string, unless it is told otherwise. */
  readonly hasQuotedNames: boolean;
  readonly cache: Map<string, SqlText>;
}

const STANDARD_TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<hidden>(?<dollar>\$(?<tag>[A-Za-z_]\w*|)\$[\s\S]*?(?:\$\k<tag>\$|$))|[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$))|(?<quoted>"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\[[A-Za-z_]\w*\])|(?<parameter>\$\d+|[:@$][A-Za-z_]\w*|\?\d*)|(?<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\w*)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<blank>\s+)|(?<other>::|[\s\S])/gu;

/**
 * MySQL and MariaDB. What two servers, or two settings of one, end at different places takes the rest of the text, which is read out of step by one of them: a string in which a backslash is
 * before its quote (NO_BACKSLASH_ESCAPES), a quote or a comment in what only some versions run, `$$`, which is a quote since MySQL 9; and a name without an end.
 */
const MYSQL_TOKEN =
  /(?<hidden>[bBxXnN]?'(?:[^'\\]|''|\\[^'])*(?:'|\\?$|\\'[\s\S]*)|"(?:[^"\\]|""|\\[^"])*(?:"|\\?$|\\"[\s\S]*)|(?:\/\*M?[!+](?:(?!\*\/)[^'"`#])*?(?:['"`#]|--|\/\*)|\$(?:[A-Za-z_]\w*)?\$|`(?:[^`]|``)*$)[\s\S]*)|(?<comment>#[^\n]*|--(?=[\p{Cc} ]|$)[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<quoted>`(?:[^`]|``)*`)|(?<parameter>[:@$][A-Za-z_]\w*|\?\d*)|(?<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\w*)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<blank>\s+)|(?<other>[\s\S])/gu;

const DIALECTS: Readonly<Record<SqlDialect, Dialect>> = {
  postgresql: { token: STANDARD_TOKEN, hasQuotedNames: true, cache: new Map() },
  sqlite: { token: STANDARD_TOKEN, hasQuotedNames: false, cache: new Map() },
  mysql: { token: MYSQL_TOKEN, hasQuotedNames: false, cache: new Map() },
};

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
/** Of these, what MySQL has a function called alike of, whose name no blank parts from its arguments. */
const FUNCTIONS_TOO = new Set(['INSERT', 'REPLACE', 'TRUNCATE']);
/** Words after which a table is named. */
const BEFORE_TABLE = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'TRUNCATE', 'CALL', 'COPY', 'INDEX', 'VIEW']);
/** Words that may stand between them and the name. */
const SKIPPED = new Set(['ONLY', 'LATERAL', 'IF', 'NOT', 'EXISTS', 'TABLE', 'OR', 'IGNORE', 'ABORT', 'FAIL', 'ROLLBACK', 'LOW_PRIORITY']);

/** Reads a statement for a span. Never throws; what it cannot read becomes `?`. Answers for the same text are remembered. */
export function readSql(sql: string, dialect: SqlDialect): SqlText {
  const { cache } = DIALECTS[dialect];
  const known = cache.get(sql);
  if (known !== undefined) return known;
  const read = readStatement(sql.slice(0, MAX_TEXT_LENGTH), DIALECTS[dialect]);
  if (sql.length <= MAX_TEXT_LENGTH) {
    const oldest = cache.size >= MAX_CACHED ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(sql, read);
  }
  return read;
}

function readStatement(sql: string, { token: tokens, hasQuotedNames }: Dialect): SqlText {
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
  for (const match of sql.matchAll(tokens)) {
    const { comment, hidden, number, word, quoted, blank, parameter } = match.groups ?? {};
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
    if (hidden !== undefined || number !== undefined) {
      text += '?';
      previous = '?';
      expectsTable = false;
      continue;
    }
    if (parameter !== undefined) {
      text += token;
      previous = token;
      expectsTable = false;
      continue;
    }
    const upper = token.toUpperCase();
    if (word !== undefined) {
      first ??= upper;
      if (upper === 'TRUE' || upper === 'FALSE') text += '?';
      else text += token;
      const isCall = FUNCTIONS_TOO.has(upper) && sql[match.index + token.length] === '(';
      const isOperation = OPERATIONS.has(upper) && previous !== '.' && !isCall;
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
      } else if (BEFORE_TABLE.has(upper) && !isOperation && !isCall && summary.length > 0) {
        expectsTable = !(upper === 'FROM' && previous === 'DISTINCT');
        afterName = false;
      } else if (!SKIPPED.has(upper)) afterName = false;
    } else if (quoted !== undefined) {
      // A double-quoted word is a string to some databases: there it is shown only where a name must be.
      const isQuotedName = hasQuotedNames && QUOTED_NAME.test(token);
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
