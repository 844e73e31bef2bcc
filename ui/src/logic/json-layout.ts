const INDENT = '  ';
/** A string, a bracket, a comma or a colon, white space, and what stands between those: numbers and words. */
const TOKENS = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|\s+|[^"{}[\],:\s]+/gs;

/** It is a whole object or array as JSON. */
export function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The text with each member and element on a line of its own. Only white space between its tokens changes: no digit of a number, no escape and no repeated
 * key is lost, as they would be where it is parsed and written anew.
 */
export function layOutJson(text: string): string {
  const tokens = (text.match(TOKENS) ?? []).filter((token) => token.trim() !== '');
  let out = '';
  let depth = 0;
  tokens.forEach((token, place) => {
    if (token === '}' || token === ']') {
      depth -= 1;
      if (!isOpening(tokens[place - 1])) out += lineStart(depth);
    } else if (isOpening(tokens[place - 1]) || tokens[place - 1] === ',') out += lineStart(depth);
    out += token === ':' ? ': ' : token;
    if (isOpening(token)) depth += 1;
  });
  return out;
}

function isOpening(token: string | undefined): boolean {
  return token === '{' || token === '[';
}

function lineStart(depth: number): string {
  return `\n${INDENT.repeat(Math.max(0, depth))}`;
}
