import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QUERY_ERROR_CODES, QuerySyntaxError } from './errors.ts';
import { levelOfText } from './levels.ts';
import * as limits from './limits.ts';
import { parseQuery } from './parse-query.ts';
import { fieldPrefixes, shortNames } from './resolve-field.ts';
import { tokenize } from './tokenize.ts';

const page = readFileSync(new URL('../../docs/query-language.md', import.meta.url), 'utf8');

/** The lines of all code blocks of a kind. */
function queries(kind: string): string[] {
  const blocks = [...page.matchAll(/```(\S+)\n([\s\S]*?)```/g)].filter((block) => block[1] === kind);
  return blocks.flatMap((block) => (block[2] ?? '').split('\n')).filter((line) => line !== '');
}

describe('docs/query-language.md', () => {
  it('shows only queries that the parser takes', () => {
    expect(queries('threadline-logs').length).toBeGreaterThan(60);
    for (const query of queries('threadline-logs')) expect(() => parseQuery(query, 'logs'), query).not.toThrow();
    expect(queries('threadline-spans').length).toBeGreaterThan(5);
    for (const query of queries('threadline-spans')) expect(() => parseQuery(query, 'spans'), query).not.toThrow();
  });

  it('shows as refused only what the parser refuses', () => {
    expect(queries('threadline-refused').length).toBeGreaterThan(10);
    for (const query of queries('threadline-refused')) expect(() => parseQuery(query, 'logs'), query).toThrow(QuerySyntaxError);
  });

  it('names every error, every field, every place and every limit', () => {
    for (const code of QUERY_ERROR_CODES) expect(page).toContain(`\`${code}\``);
    for (const name of [...shortNames('logs'), ...shortNames('spans'), ...fieldPrefixes('logs'), ...fieldPrefixes('spans')]) {
      expect(page).toContain(`\`${name}\``);
    }
    for (const limit of Object.values(limits)) expect(page).toContain(limit.toLocaleString('en-US'));
  });

  it('has the level of every text that it lists', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| \d+–\d+ \| (.+) \|$/gm)];
    expect(rows).toHaveLength(6);
    for (const [, level = '', texts = ''] of rows) {
      for (const text of texts.split(', ')) expect(levelOfText(text)).toBe(level.toUpperCase());
    }
  });

  it('has the words of every text that it lists', () => {
    const rows = [...page.matchAll(/^\| `([^`]+)` \| ((?:`[^`]+` ?)+)(?::.*)? \|$/gm)];
    const words = rows.filter(
      ([row]) => page.indexOf(row) > page.indexOf('| text | its words |') && page.indexOf(row) < page.indexOf('## Fields'),
    );
    expect(words.length).toBeGreaterThan(4);
    for (const [, text = '', list = ''] of words) {
      expect(
        tokenize(text)
          .map((word) => `\`${word.text}\``)
          .join(' '),
      ).toBe(list.trim());
    }
  });
});
