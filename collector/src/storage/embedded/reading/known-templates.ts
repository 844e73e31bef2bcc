import { templateOfShape } from '../../patterns/shape-text.ts';
import { TemplateForest } from '../../patterns/template-forest.ts';
import type { TemplateText } from '../../patterns/template-text.ts';
import { readTextDictionary } from '../parquet/decode-column.ts';
import type { RowGroup } from '../segments/segment.ts';

/** What templates the row groups have that one thread reads, and what these come to. Of a row group they are read once. */
export class KnownTemplates {
  readonly #texts = new Map<RowGroup, readonly TemplateText[]>();
  /** In how many row groups each is. */
  readonly #counts = new Map<TemplateText, number>();
  readonly #forest = new TemplateForest();
  #groups: readonly RowGroup[] = [];

  /** Of all templates of these row groups, which are all that there are. Good until the next call. */
  forest(groups: readonly RowGroup[]): TemplateForest {
    if (groups !== this.#groups) {
      const current = new Set(groups);
      for (const group of groups) if (!this.#texts.has(group)) this.#add(group);
      for (const [group, texts] of this.#texts) if (!current.has(group)) this.#remove(group, texts);
      this.#groups = groups;
    }
    return this.#forest;
  }

  #add(group: RowGroup): void {
    const texts = textsOf(group);
    this.#texts.set(group, texts);
    for (const text of texts) {
      const count = this.#counts.get(text) ?? 0;
      if (count === 0) this.#forest.add(text);
      this.#counts.set(text, count + 1);
    }
  }

  #remove(group: RowGroup, texts: readonly TemplateText[]): void {
    this.#texts.delete(group);
    for (const text of texts) {
      const count = (this.#counts.get(text) ?? 0) - 1;
      if (count > 0) this.#counts.set(text, count);
      else {
        this.#counts.delete(text);
        this.#forest.remove(text);
      }
    }
  }
}

function textsOf(group: RowGroup): readonly TemplateText[] {
  const chunk = group.index.templates;
  if (!chunk) return [];
  const shapes = readTextDictionary(group.chunkPage(chunk, 'dictionary'), chunk.distinct ?? 0);
  return [...new Set(shapes.map(templateOfShape))];
}
