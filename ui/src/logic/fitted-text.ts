const ELLIPSIS = '…';
/** UTF-16 units: nothing of a longer text is seen behind them. */
const MAX_SEEN = 500;
/** Characters of a name's end that are worth keeping: instances, queues and routes that begin alike are told apart by them. */
const MAX_END = 16;

type Measure = (text: string) => number;

/** The text, or as much of its beginning as there is room for with an ellipsis after it. No character is cut in two; nothing where not even one fits. */
export function fittedText(text: string, room: number, measure: Measure): string {
  if (text.length <= MAX_SEEN && measure(text) <= room) return text;
  const characters = charactersOf(text.slice(0, MAX_SEEN));
  return mostThatFits(characters.length, (count) => `${characters.slice(0, count).join('').trimEnd()}${ELLIPSIS}`, { room, measure });
}

/** The same, with the ellipsis amid the text: as much of its beginning as of its end, by which names that begin alike are told apart. */
export function fittedName(text: string, room: number, measure: Measure): string {
  if (text.length > MAX_SEEN) return fittedText(text, room, measure);
  if (measure(text) <= room) return text;
  const characters = charactersOf(text);
  const shortened = (count: number): string => {
    const end = count >> 1;
    return `${characters
      .slice(0, count - end)
      .join('')
      .trimEnd()}${ELLIPSIS}${characters
      .slice(characters.length - end)
      .join('')
      .trimStart()}`;
  };
  return mostThatFits(characters.length, shortened, { room, measure });
}

/** A name in two: its end, which is to be seen in any room, and what is before it. All of a name that is short is its beginning. */
export function nameParts(name: string): readonly [start: string, end: string] {
  if (name.length <= MAX_END) return [name, ''];
  const characters = charactersOf(name);
  const split = characters.length - Math.min(MAX_END, characters.length >> 1);
  return [characters.slice(0, split).join(''), characters.slice(split).join('')];
}

function charactersOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** Of a text of so many characters, as many as there is room for; nothing where not even one fits. */
function mostThatFits(length: number, shortened: (count: number) => string, { room, measure }: { room: number; measure: Measure }): string {
  let [fits, tooMany] = [0, length + 1];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (measure(shortened(middle)) <= room) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? '' : shortened(fits);
}
