import type { MessageShape } from './message-shape.ts';
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

/** A template as its miner has it. */
export interface MinedTemplate {
  readonly text: TemplateText;
  /** Of each token, as in a shape: a word's hash, 0 where any word or a typed wildcard stands. */
  readonly words: Int32Array;
  /** Tokens that are `any`. */
  readonly wildcards: number;
  /** Of the message that it was made of. */
  readonly shape: number;
  /** The more general template that took its place. */
  heir: MinedTemplate | undefined;
  usedAtMillis: number;
  /** Its number in the batch of that stamp; its user's to set. */
  batch: number;
  number: number;
}

/** Templates whose messages differ in words alone. */
interface Bucket {
  readonly exact: Map<number, MinedTemplate>;
  /** Those with `any` in them, the most special first. */
  general: MinedTemplate[];
}

/** How many templates there are over all services, and how many there may be. */
export interface TemplateBudget {
  used: number;
  readonly max: number;
}

/**
 * The templates of one service's messages, learned from them one by one: a message of a new shape is a template of its own until there are several
 * that differ in few words at the same places; then these places become `any`.
 */
export class ServiceTemplates {
  readonly #budget: TemplateBudget;
  readonly #knownShapes = new Int32Array(KNOWN_SHAPES * 2);
  readonly #knownTemplates: (MinedTemplate | undefined)[] = new Array(KNOWN_SHAPES);
  readonly #buckets = new Map<number, Bucket>();
  #count = 0;
  #comparisons = MAX_COMPARISONS;
  #sweptAtMillis = 0;

  constructor(budget: TemplateBudget) {
    this.#budget = budget;
  }

  /** The template of a message of this shape; undefined where there is no room for one. */
  find(shape: MessageShape, nowMillis: number): MinedTemplate | undefined {
    const place = shape.first & (KNOWN_SHAPES - 1);
    const known = this.#knownTemplates[place];
    if (known && this.#knownShapes[2 * place] === shape.first && this.#knownShapes[2 * place + 1] === shape.second) {
      if (known.heir === undefined) return known;
    }
    this.#comparisons = Math.min(this.#comparisons + COMPARISONS_A_MESSAGE, MAX_COMPARISONS);
    const found = this.#look(shape) ?? this.#make(shape, nowMillis);
    if (found) {
      this.#knownShapes[2 * place] = shape.first;
      this.#knownShapes[2 * place + 1] = shape.second;
      this.#knownTemplates[place] = found;
    }
    return found;
  }

  /** Frees what the budget counts. It must not be used any more. */
  close(): void {
    this.#budget.used -= this.#count;
    this.#count = 0;
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
      this.#add(-1);
    }
    bucket.general = [...bucket.general.filter(({ heir }) => heir === undefined), template].sort(
      (left, right) => left.wildcards - right.wildcards,
    );
    this.#add(1);
    return template;
  }

  #template(shape: MessageShape, nowMillis: number, any: ReadonlySet<number>): MinedTemplate {
    return {
      text: shape.templateText((token) => any.has(token)),
      words: Int32Array.from(shape.words.subarray(0, shape.tokens), (word, token) => (any.has(token) ? 0 : word)),
      wildcards: any.size,
      shape: joined(shape.first, shape.second),
      heir: undefined,
      usedAtMillis: nowMillis,
      batch: -1,
      number: 0,
    };
  }

  #sweep(nowMillis: number): void {
    if (nowMillis - this.#sweptAtMillis < SWEEP_MILLIS) return;
    this.#sweptAtMillis = nowMillis;
    const isUnused = ({ usedAtMillis }: MinedTemplate): boolean => nowMillis - usedAtMillis > UNUSED_MILLIS;
    for (const [skeleton, bucket] of this.#buckets) {
      const before = bucket.exact.size + bucket.general.length;
      for (const [key, template] of bucket.exact) if (isUnused(template)) bucket.exact.delete(key);
      bucket.general = bucket.general.filter((template) => !isUnused(template));
      const after = bucket.exact.size + bucket.general.length;
      if (after === 0) this.#buckets.delete(skeleton);
      this.#add(after - before);
    }
    this.#knownTemplates.fill(undefined);
  }

  #add(count: number): void {
    this.#count += count;
    this.#budget.used += count;
  }
}

/** What stands for a message that has no template of its own. */
export function otherTemplate(): MinedTemplate {
  return {
    text: OTHER_TEMPLATE,
    words: new Int32Array(),
    wildcards: 0,
    shape: 0,
    heir: undefined,
    usedAtMillis: 0,
    batch: -1,
    number: 0,
  };
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
