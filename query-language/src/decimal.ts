const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/**
 * A decimal number in JSON's grammar: `+5.` is `5`, `.5` is `0.5`, `007` is `7`, `1E+3` is `1e3`. No digit of its value changes.
 * Undefined for what is not a decimal number, `NaN` and `Infinity` among it.
 */
export function plainDecimal(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const integer = (match[2] ?? '').replace(/^0+(?=.)/, '') || '0';
  const fraction = match[3] || match[4];
  const exponent = match[5] === undefined ? '' : `e${match[5].replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')}`;
  return `${match[1] === '-' ? '-' : ''}${integer}${fraction ? `.${fraction}` : ''}${exponent}`;
}
