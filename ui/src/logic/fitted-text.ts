const ELLIPSIS = '…';
/** UTF-16 units: nothing of a longer text is seen behind them. */
const MAX_SEEN = 500;

type Measure = (text: string) => number;

/** The text, or as much of its beginning as there is room for with an ellipsis after it. No character is cut in two; nothing where not even one fits. */
export function fittedText(text: string, room: number, measure: Measure): string {
  if (text.length <= MAX_SEEN && measure(text) <= room) return text;
  const characters = charactersOf(text.slice(0, MAX_SEEN));
  return mostThatFits(characters.length, room, {
    measure,
    shortened: (count) => `${joined(characters.slice(0, count)).trimEnd()}${ELLIPSIS}`,
  });
}

/** As `fittedText`, but what is left out is the middle: names that stand beside each other mostly differ at their ends. */
export function fittedName(name: string, room: number, measure: Measure): string {
  if (name.length <= MAX_SEEN && measure(name) <= room) return name;
  const [first, last] = [charactersOf(name.slice(0, MAX_SEEN)), charactersOf(name.slice(-MAX_SEEN))];
  const shortened = (count: number): string => {
    const ofEnd = count >> 1;
    return `${joined(first.slice(0, count - ofEnd)).trimEnd()}${ELLIPSIS}${joined(last.slice(last.length - ofEnd)).trimStart()}`;
  };
  return mostThatFits(first.length, room, { measure, shortened });
}

/** With as many characters as there is room for, which are fewer than there are. */
function mostThatFits(
  count: number,
  room: number,
  { measure, shortened }: { readonly measure: Measure; readonly shortened: (count: number) => string },
): string {
  let [fits, tooMany] = [0, count + 1];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (measure(shortened(middle)) <= room) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? '' : shortened(fits);
}

function charactersOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

function joined(characters: readonly string[]): string {
  return characters.join('');
}
