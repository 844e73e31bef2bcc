import type { MessageShape } from './message-shape.ts';
import { type ShapeText, shapeText } from './shape-text.ts';
import { OTHER_TEMPLATE, type TemplateText } from './template-text.ts';

/** What a service's messages are folded into at most; all else is `other`. */
export const MAX_SERVICE_TEMPLATES = 2_000;
/**
 * So many different words at one place of otherwise similar messages are values of a parameter, no longer words that say what happened. Messages
 * that have few words in common give less evidence, and take more.
 */
const PARAMETER_WORDS = 5;
const PARAMETER_WORDS_WITH_LITTLE_IN_COMMON = 12;
const MUCH_IN_COMMON = 3;
/** Of the words of two messages this part has to be equal for them to be similar; of a template's so many stay words. */
const MIN_SIMILARITY = 0.5;

/** Shapes of which it is known at once what they belong to; a power of two. */
const KNOWN_SHAPES = 1_024;
/**
 * Comparisons of words that a message of an unknown shape may cost on average, and what may be saved up: so what is in messages cannot make them
 * take more time than this.
 */
const COMPARISONS_A_MESSAGE = 32;
const MAX_COMPARISONS = 1_000_000;
/** A service that is full makes room by giving up templates that nothing has fitted for this long, but does not look for such more often than that. */
const UNUSED_MILLIS = 24 * 60 * 60 * 1_000;
const SWEEP_MILLIS = 10 * 60 * 1_000;

/** Words of a template's places are kept apart until they are so many of one template, or of all templates together: then they are names, and seldom met again. */
const MAX_TEMPLATE_SHAPES = 256;
const MAX_SHAPES = 50_000;

/** What messages of one template have alike that also have the same words in its places. */
export interface MinedShape {
  readonly template: MinedTemplate;
  readonly text: ShapeText;
  /** Its number in the batch of that stamp; its user's to set. */
  batch: number;
  number: number;
}

/** What a template is made of. */
interface TemplateParts {
  readonly text: TemplateText;
  /** Of each token, as in a shape: a word's hash, 0 where any word or a typed wildcard stands. */
  readonly words: Int32Array;
  /** Tokens that are `any`. */
  readonly wildcards: number;
  /** Of the message that it was made of. */
  readonly shape: number;
  readonly usedAtMillis: number;
}

/** A template as its miner has it. */
export class MinedTemplate {
  readonly text: TemplateText;
  readonly words: Int32Array;
  readonly wildcards: number;
  readonly shape: number;
  /** The more general template that took its place. */
  heir: MinedTemplate | undefined;
  usedAtMillis: number;
  /** Of messages whose words in its places are not kept apart. */
  readonly plain: MinedShape;
  /** By the shape's hashes; undefined where there are none to keep apart, or too many. */
  shapes: Map<number, MinedShape> | undefined;

  constructor({ text, words, wildcards, shape, usedAtMillis }: TemplateParts) {
    this.text = text;
    this.words = words;
    this.wildcards = wildcards;
    this.shape = shape;
    this.usedAtMillis = usedAtMillis;
    this.plain = { template: this, text, batch: -1, number: 0 };
    if (wildcards > 0) this.shapes = new Map();
  }
}

/** Templates whose messages differ in words alone. */
interface Bucket {
  readonly exact: Map<number, MinedTemplate>;
  /** Those with `any` in them, the most special first. */
  general: MinedTemplate[];
}

/** How many templates there are over all services, and how many there may be; and of shapes. */
export interface TemplateBudget {
  used: number;
  readonly max: number;
  shapes: number;
}

/**
 * The templates of one service's messages, learned from them one by one: a message of a new shape is a template of its own until there are several
 * that differ in few words at the same places; then these places become `any`.
 */
export class ServiceTemplates {
  readonly #budget: TemplateBudget;
  readonly #knownShapes = new Int32Array(KNOWN_SHAPES * 2);
  readonly #known: (MinedShape | undefined)[] = new Array(KNOWN_SHAPES);
  readonly #buckets = new Map<number, Bucket>();
  #count = 0;
  #comparisons = MAX_COMPARISONS;
  #sweptAtMillis = 0;

  constructor(budget: TemplateBudget) {
    this.#budget = budget;
  }

  /** What a message of this shape is kept as; undefined where there is no room for its template. */
  find(shape: MessageShape, nowMillis: number): MinedShape | undefined {
    const place = shape.first & (KNOWN_SHAPES - 1);
    const known = this.#known[place];
    if (known && this.#knownShapes[2 * place] === shape.first && this.#knownShapes[2 * place + 1] === shape.second) {
      if (known.template.heir === undefined) return known;
    }
    this.#comparisons = Math.min(this.#comparisons + COMPARISONS_A_MESSAGE, MAX_COMPARISONS);
    const template = this.#look(shape) ?? this.#make(shape, nowMillis);
    if (!template) return undefined;
    const found = this.#shapeOf(template, shape);
    this.#knownShapes[2 * place] = shape.first;
    this.#knownShapes[2 * place + 1] = shape.second;
    this.#known[place] = found;
    return found;
  }

  /** Frees what the budget counts. It must not be used any more. */
  close(): void {
    for (const bucket of this.#buckets.values()) for (const template of bucket.general) this.#giveUpShapes(template);
    this.#budget.used -= this.#count;
    this.#count = 0;
  }

  #shapeOf(template: MinedTemplate, shape: MessageShape): MinedShape {
    const { plain, shapes } = template;
    if (!shapes) return plain;
    const key = joined(shape.first, shape.second);
    const known = shapes.get(key);
    if (known) return known;
    if (shapes.size >= MAX_TEMPLATE_SHAPES) {
      this.#giveUpShapes(template);
      return plain;
    }
    if (this.#budget.shapes >= MAX_SHAPES) return plain;
    const words: string[] = [];
    for (let token = 0; token < shape.tokens; token += 1) {
      if (template.words[token] === 0 && shape.kinds[token] === 0) words.push(shape.tokenText(token));
    }
    const made = { template, text: shapeText(template.text, words), batch: -1, number: 0 };
    shapes.set(key, made);
    this.#budget.shapes += 1;
    return made;
  }

  #giveUpShapes(template: MinedTemplate): void {
    this.#budget.shapes -= template.shapes?.size ?? 0;
    template.shapes = undefined;
  }

  #look(shape: MessageShape): MinedTemplate | undefined {
    const bucket = this.#buckets.get(joined(shape.skeletonFirst, shape.skeletonSecond));
    if (!bucket) return undefined;
    const exact = bucket.exact.get(joined(shape.first, shape.second));
    if (exact) return exact;
    for (const template of bucket.general) {
      if (this.#comparisons <= 0) return undefined;
      this.#comparisons -= shape.tokens;
      if (covers(template.words, shape.words, shape.tokens)) return template;
    }
    return undefined;
  }

  #make(shape: MessageShape, nowMillis: number): MinedTemplate | undefined {
    const skeleton = joined(shape.skeletonFirst, shape.skeletonSecond);
    const general = this.#generalize(skeleton, shape, nowMillis);
    if (general) return general;
    if (this.#count >= MAX_SERVICE_TEMPLATES) this.#sweep(nowMillis);
    if (this.#count >= MAX_SERVICE_TEMPLATES || this.#budget.used >= this.#budget.max) return undefined;
    const template = this.#template(shape, nowMillis, new Set());
    let bucket = this.#buckets.get(skeleton);
    if (!bucket) {
      bucket = { exact: new Map(), general: [] };
      this.#buckets.set(skeleton, bucket);
    }
    bucket.exact.set(template.shape, template);
    this.#add(1);
    return template;
  }

  /** Makes one template of this message and of those that are similar, where they are enough; it takes the place of all that it covers. */
  #generalize(skeleton: number, shape: MessageShape, nowMillis: number): MinedTemplate | undefined {
    const bucket = this.#buckets.get(skeleton);
    const own = wordTokens(shape);
    if (!bucket || own.length < 2 || bucket.exact.size + 1 < PARAMETER_WORDS) return undefined;
    const cost = bucket.exact.size * shape.tokens;
    if (this.#comparisons < cost) return undefined;
    this.#comparisons -= cost;
    const similar = [...bucket.exact.values()].filter(({ words }) => equalWords(words, shape, own) >= own.length * MIN_SIMILARITY);
    const common = own.filter((token) => similar.every(({ words }) => words[token] === shape.words[token])).length;
    const enough = common >= MUCH_IN_COMMON ? PARAMETER_WORDS : PARAMETER_WORDS_WITH_LITTLE_IN_COMMON;
    const any = new Set(own.filter((token) => new Set([shape.words[token], ...similar.map(({ words }) => words[token])]).size >= enough));
    if (any.size === 0 || own.length - any.size < own.length * MIN_SIMILARITY) return undefined;
    const template = this.#template(shape, nowMillis, any);
    const isCovered = ({ words }: MinedTemplate): boolean => covers(template.words, words, shape.tokens);
    for (const [key, exact] of bucket.exact) {
      if (!isCovered(exact)) continue;
      exact.heir = template;
      bucket.exact.delete(key);
      this.#add(-1);
    }
    for (const general of bucket.general) {
      if (!isCovered(general)) continue;
      general.heir = template;
      this.#giveUpShapes(general);
      this.#add(-1);
    }
    bucket.general = [...bucket.general.filter(({ heir }) => heir === undefined), template].sort(
      (left, right) => left.wildcards - right.wildcards,
    );
    this.#add(1);
    return template;
  }

  #template(shape: MessageShape, nowMillis: number, any: ReadonlySet<number>): MinedTemplate {
    return new MinedTemplate({
      text: shape.templateText((token) => any.has(token)),
      words: Int32Array.from(shape.words.subarray(0, shape.tokens), (word, token) => (any.has(token) ? 0 : word)),
      wildcards: any.size,
      shape: joined(shape.first, shape.second),
      usedAtMillis: nowMillis,
    });
  }

  #sweep(nowMillis: number): void {
    if (nowMillis - this.#sweptAtMillis < SWEEP_MILLIS) return;
    this.#sweptAtMillis = nowMillis;
    const isUnused = ({ usedAtMillis }: MinedTemplate): boolean => nowMillis - usedAtMillis > UNUSED_MILLIS;
    for (const [skeleton, bucket] of this.#buckets) {
      const before = bucket.exact.size + bucket.general.length;
      for (const [key, template] of bucket.exact) if (isUnused(template)) bucket.exact.delete(key);
      for (const template of bucket.general) if (isUnused(template)) this.#giveUpShapes(template);
      bucket.general = bucket.general.filter((template) => !isUnused(template));
      const after = bucket.exact.size + bucket.general.length;
      if (after === 0) this.#buckets.delete(skeleton);
      this.#add(after - before);
    }
    this.#known.fill(undefined);
  }

  #add(count: number): void {
    this.#count += count;
    this.#budget.used += count;
  }
}

/** What stands for a message that has no template of its own. */
export function otherShape(): MinedShape {
  return new MinedTemplate({ text: OTHER_TEMPLATE, words: new Int32Array(), wildcards: 0, shape: 0, usedAtMillis: 0 }).plain;
}

function wordTokens({ kinds, tokens }: MessageShape): number[] {
  const found: number[] = [];
  for (let token = 0; token < tokens; token += 1) if (kinds[token] === 0) found.push(token);
  return found;
}

function equalWords(words: Int32Array, shape: MessageShape, own: readonly number[]): number {
  let equal = 0;
  for (const token of own) if (words[token] === shape.words[token]) equal += 1;
  return equal;
}

/** Whether words of the same skeleton fit the template's. */
function covers(template: Int32Array, words: Int32Array, tokens: number): boolean {
  for (let token = 0; token < tokens; token += 1) {
    const word = template[token] ?? 0;
    if (word !== 0 && word !== words[token]) return false;
  }
  return true;
}

/** 53 bits of two hashes, as a key. */
function joined(first: number, second: number): number {
  return (first >>> 0) * 2 ** 21 + (second >>> 11);
}
