import type { PatternWildcard } from '../../api/index.ts';
import { ascending } from '../../model/ascending.ts';
import { type TemplateText, templateId, WILDCARD_UNITS, wildcardOfUnit } from './template-text.ts';

const ANY: PatternWildcard = 'any';
/** Each kind with those that are also of it: a hex id may have no letter by chance, and any of them is a word. */
const SPECIAL_KINDS: Readonly<Partial<Record<PatternWildcard, ReadonlySet<PatternWildcard>>>> = {
  hex: new Set<PatternWildcard>(['num']),
  id: new Set<PatternWildcard>(['num', 'hex']),
};
/** How much each kind takes in: of two templates that fit one another's messages the one with more is the more general. */
const GENERALITY: Readonly<Partial<Record<PatternWildcard, number>>> = { any: 4, id: 2, hex: 1 };
/** More general ones of one form are not looked through; real services have a few. */
const MAX_GENERAL = 256;
const TOKENS = new RegExp(`[${WILDCARD_UNITS}]|[0-9A-Za-z_.\\-\\u0080-\\uffff]+`, 'g');

interface Node {
  readonly text: TemplateText;
  readonly id: string;
  readonly tokens: readonly string[];
  /** 0 for one that no other template fits. */
  readonly generality: number;
  /** Texts that differ in it never fit one another. */
  readonly group: string;
  root: Node | undefined;
}

/**
 * What templates come to that were learned by several collectors, or before and after a restart: of those that fit a more general one all are that
 * one. The result depends on the set alone, not on the order in which they came; each template has exactly one root, so that the records of
 * all roots add up.
 */
export class TemplateForest {
  readonly #nodes = new Map<TemplateText, Node>();
  readonly #byId = new Map<string, Node>();
  readonly #groups = new Map<string, Node[]>();
  /** Those of each group that others may fit and that fit no other, the most special first; made when they are asked for. */
  readonly #roots = new Map<string, readonly Node[]>();

  add(text: TemplateText): void {
    if (this.#nodes.has(text)) return;
    const tokens = text.match(TOKENS) ?? [];
    const group = `${tokens.length}${text.replace(TOKENS, '\u0000')}`;
    const node: Node = { text, id: templateId(text), tokens, generality: generalityOf(tokens), group, root: undefined };
    this.#nodes.set(text, node);
    this.#byId.set(node.id, node);
    const nodes = this.#groups.get(group);
    if (nodes) nodes.push(node);
    else this.#groups.set(group, [node]);
    this.#forgetRoots(group);
  }

  /** Takes one away that no record has any more. */
  remove(text: TemplateText): void {
    const node = this.#nodes.get(text);
    if (!node) return;
    this.#nodes.delete(text);
    this.#byId.delete(node.id);
    const nodes = (this.#groups.get(node.group) ?? []).filter((other) => other !== node);
    if (nodes.length === 0) this.#groups.delete(node.group);
    else this.#groups.set(node.group, nodes);
    this.#forgetRoots(node.group);
  }

  /** The template that this one, which was added, is part of: itself where it fits no other. */
  rootOf(text: TemplateText): TemplateText {
    const node = this.#nodes.get(text);
    return node ? this.#root(node).text : text;
  }

  /** The added templates whose records an id is about: of a root all that it is the root of, of any other those that fit it. */
  membersOf(id: string): TemplateText[] {
    const node = this.#byId.get(id);
    if (!node) return [];
    const nodes = this.#groups.get(node.group) ?? [];
    const isRoot = this.#root(node) === node;
    return nodes.filter((other) => (isRoot ? this.#root(other) === node : covers(node, other))).map(({ text }) => text);
  }

  /** What was found may be another now. */
  #forgetRoots(group: string): void {
    if (this.#roots.delete(group)) for (const node of this.#groups.get(group) ?? []) node.root = undefined;
  }

  #root(node: Node): Node {
    node.root ??= this.#rootsOf(node.group).find((root) => covers(root, node)) ?? node;
    return node.root;
  }

  #rootsOf(group: string): readonly Node[] {
    const known = this.#roots.get(group);
    if (known) return known;
    const roots: Node[] = [];
    // The most general first: what fits one that fits another fits that one too.
    const ordered = (this.#groups.get(group) ?? [])
      .filter(({ generality }) => generality > 0)
      .sort((left, right) => right.generality - left.generality || byText(left, right))
      .slice(0, MAX_GENERAL);
    for (const node of ordered) if (!roots.some((root) => covers(root, node))) roots.push(node);
    const sorted = roots.sort((left, right) => left.generality - right.generality || byText(left, right));
    this.#roots.set(group, sorted);
    return sorted;
  }
}

function covers(general: Node, special: Node): boolean {
  return general.tokens.every((token, place) => coversToken(token, special.tokens[place] ?? ''));
}

function coversToken(general: string, special: string): boolean {
  if (general === special) return true;
  const kind = wildcardOf(general);
  if (kind === undefined) return false;
  const other = wildcardOf(special);
  if (kind === ANY) return other !== 'rest';
  return other !== undefined && (SPECIAL_KINDS[kind]?.has(other) ?? false);
}

function wildcardOf(token: string): PatternWildcard | undefined {
  return token.length === 1 ? wildcardOfUnit(token.charCodeAt(0)) : undefined;
}

function generalityOf(tokens: readonly string[]): number {
  let sum = 0;
  for (const token of tokens) {
    const kind = wildcardOf(token);
    if (kind !== undefined) sum += GENERALITY[kind] ?? 0;
  }
  return sum;
}

function byText(left: Node, right: Node): number {
  return ascending(left.text, right.text);
}
