import type { RegexNode } from './syntax-tree.ts';

const SPECIAL = /[.[\](){}|*+?\\^$/]/g;
const SPECIAL_IN_SET = /[[\]\\^/-]/g;

/** The text of a regular expression without its slashes; `parseRegex` reads the same tree from it. */
export function formatRegex(regex: RegexNode): string {
  switch (regex.type) {
    case 'literal':
      return regex.text.replace(SPECIAL, '\\$&');
    case 'anyCharacter':
      return '.';
    case 'set': {
      const ranges = regex.ranges.map(({ from, to }) => (from === to ? inSet(from) : `${inSet(from)}-${inSet(to)}`));
      return `[${regex.negated ? '^' : ''}${ranges.join('')}]`;
    }
    case 'sequence':
      return regex.items.map((item) => (item.type === 'choice' ? `(${formatRegex(item)})` : formatRegex(item))).join('');
    case 'choice':
      return regex.options.map(formatRegex).join('|');
    case 'repeat':
      return formatRepeated(regex.item) + quantifier(regex.min, regex.max);
  }
}

function formatRepeated(item: RegexNode): string {
  const isOneCharacter = item.type === 'literal' ? [...item.text].length === 1 : item.type === 'anyCharacter' || item.type === 'set';
  return isOneCharacter ? formatRegex(item) : `(${formatRegex(item)})`;
}

function quantifier(min: number, max: number | undefined): string {
  if (max === undefined) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function inSet(character: string): string {
  return character.replace(SPECIAL_IN_SET, '\\$&');
}
