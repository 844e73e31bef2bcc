const ELLIPSIS = '…';
/** UTF-16 units: nothing of a longer text is seen behind them. */
const MAX_SEEN = 500;

/** The text, or as much of its beginning as there is room for with an ellipsis after it. No character is cut in two; nothing where not even one fits. */
export function fittedText(text: string, room: number, measure: (text: string) => number): string {
  if (text.length <= MAX_SEEN && measure(text) <= room) return text;
  const characters = Array.from(new Intl.Segmenter().segment(text.slice(0, MAX_SEEN)), ({ segment }) => segment);
  const shortened = (count: number): string => `${characters.slice(0, count).join('').trimEnd()}${ELLIPSIS}`;
  let [fits, tooMany] = [0, characters.length + 1];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (measure(shortened(middle)) <= room) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? '' : shortened(fits);
}
