import { type TemplateText, wildcardUnit } from './template-text.ts';

/**
 * A template with the words that stand in its places `any`, in order, each behind `WORD_MARK`; or the template alone, whose words are then
 * unknown. On disk: never change it.
 */
export type ShapeText = string;

/** Of messages that are kept together; what is beyond goes by its template alone. */
export const MAX_BATCH_SHAPES = 4_096;
/** In no template and in no word. */
const WORD_MARK = '\u000f';
const ANY = String.fromCharCode(wildcardUnit('any'));

export function shapeText(template: TemplateText, words: readonly string[]): ShapeText {
  return [template, ...words].join(WORD_MARK);
}

export function templateOfShape(shape: ShapeText): TemplateText {
  const end = shape.indexOf(WORD_MARK);
  return end === -1 ? shape : shape.slice(0, end);
}

/** The template with its words, as far as they are known, in their places. */
export function filledShape(shape: ShapeText): TemplateText {
  const [template = '', ...words] = shape.split(WORD_MARK);
  if (words.length === 0) return template;
  let next = 0;
  return template.replaceAll(ANY, () => words[next++] ?? ANY);
}
