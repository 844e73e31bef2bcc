export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Blank, tab, no-break space. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 160;
}

/** A blank or an end of line. */
export function isSpace(code: number): boolean {
  return isBlank(code) || code === 10 || code === 13;
}

/** `A-Z a-z 0-9 _`. */
export function isWordCharacter(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

export function isNonAscii(code: number): boolean {
  return code > 127;
}

/** `"`, `'` and the backtick. */
export function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}
