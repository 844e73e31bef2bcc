/** What the collector and the query language say in English, in another language. `{…}` is what stands at that place and stays as it is. */
export interface Phrases {
  readonly sentences: Readonly<Record<string, string>>;
  /** By the code of an error, for sentences that are not among them. */
  readonly codes: Readonly<Record<string, string>>;
}

/** Says an English sentence in the reader's language: by itself, else by the code of its error; as it is where neither is known. */
export type Say = (sentence: string, code?: string) => string;

/** Names have two letters at least: `{n}` is of a regular expression. */
const PLACE = /\{([a-z]{2,})\}/gi;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Without phrases everything is said as it is. */
export function createSay(phrases: Phrases | undefined): Say {
  if (phrases === undefined) return (sentence) => sentence;
  const { sentences, codes } = phrases;
  const patterns = Object.entries(sentences)
    .filter(([english]) => english.search(PLACE) !== -1)
    .map(([english, said]) => ({ pattern: patternOf(english), said }));
  const find = (sentence: string): string | undefined => {
    if (Object.hasOwn(sentences, sentence)) return sentences[sentence];
    for (const { pattern, said } of patterns) {
      const found = pattern.exec(sentence)?.groups;
      // What stands at a place may be a sentence itself.
      if (found !== undefined) return said.replace(PLACE, (_, name: string) => find(found[name] ?? '') ?? found[name] ?? '');
    }
    return undefined;
  };
  return (sentence, code) => find(sentence) ?? (code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined) ?? sentence;
}

function patternOf(english: string): RegExp {
  const parts = english.split(PLACE);
  return new RegExp(`^${parts.map((part, index) => (index % 2 === 1 ? `(?<${part}>.+?)` : part.replace(SPECIAL, '\\$&'))).join('')}$`, 's');
}
