import { valueText } from '../../logic/any-value.ts';
import { targetHost } from '../../logic/call-target.ts';
import { showControls } from '../../logic/control-characters.ts';
import { errorsBelow, errorsOfRepeat } from '../../logic/folded-errors.ts';
import { LEVEL_SIGNS, levelColor } from '../../logic/level.ts';
import { LINKS_SIGNS, type LinkCounts, linksOf, linksOfRepeat } from '../../logic/span-links.ts';
import { isErrorNode, logLevel } from '../../logic/trace-rows.ts';
import type { TraceSnapshot } from '../../logic/trace-snapshot.ts';
import { NODE, nameOf, serviceNameOf, spanIdOf, type TraceTree, targetOf } from '../../logic/trace-tree.ts';
import type { Format } from '../../messages/format.tsx';
import { spanName } from '../../messages/span-name.ts';
import type { Translate } from '../../messages/translate.tsx';

const INDENT_PIXELS = 12;
/** Deeper rows stand no further right, or nothing would be left of their names; the depth is written instead. */
export const MAX_INDENT_DEPTH = 14;
/** Of the row: in a narrow column depth leaves room for names. */
export const MAX_INDENT_PERCENT = 14;
/** A longer name of a service may need a limit of its own beside the operation's. */
export const SERVICE_CHARACTERS = 16;
/** Longer bodies of records are cut: no row is so wide. */
export const LABEL_CHARACTERS = 300;
/** Of nodes that have been asked for: some screens full. */
const MAX_KNOWN = 2_000;

interface Piece {
  readonly text: string;
  /** A CSS value. */
  readonly color: string;
}

/** What the row of a node says in its first column, beside how deep it stands. */
export interface RowName {
  readonly depth: number;
  readonly toggle: '▸' | '▾' | undefined;
  /** Of a span: the colour of its service, and what that is called. */
  readonly swatch: string | undefined;
  readonly service: string | undefined;
  /** The level of a record, the error of a span. */
  readonly sign: Piece | undefined;
  readonly label: Piece;
  /** Of a span: what it calls, as far as its name does not say it. */
  readonly target: string | undefined;
  readonly look: 'plain' | 'strong' | 'data';
  readonly isFound: boolean;
  /** That its end has not come. */
  readonly unfinished: string | undefined;
  /** At the right edge, the outermost first. */
  readonly right: readonly (Piece & { readonly font: 'small' | 'smallStrong' })[];
  /** How often a repeated call was made: in a frame, outside of `right`. */
  readonly repeat: string | undefined;
}

/** How far right the name of a row stands, pixels, before the limit that its width sets. */
export function depthIndent(depth: number): number {
  return 20 + Math.min(depth, MAX_INDENT_DEPTH) * INDENT_PIXELS;
}

/** The same in a row so wide. */
export function indentOf(depth: number, rowWidth: number): number {
  return Math.min(depthIndent(depth), (MAX_INDENT_PERCENT / 100) * rowWidth);
}

interface RowNamesOptions {
  readonly snapshot: TraceSnapshot;
  /** What the rows' depth is counted from. */
  readonly topDepth: number;
  readonly isFolded: (node: number) => boolean;
  readonly canFold: (node: number) => boolean;
  readonly isRepeat: (node: number) => boolean;
  readonly isFound: ((node: number) => boolean) | undefined;
  readonly colorOf: (service: string) => string;
  readonly t: Translate;
  readonly format: Pick<Format, 'number'>;
}

/** Gives the names of nodes; those of the last few screens are not worked out again. */
export function createRowNames(options: RowNamesOptions): (node: number) => RowName {
  const known = new Map<number, RowName>();
  return (node) => {
    let name = known.get(node);
    if (name === undefined) {
      if (known.size >= MAX_KNOWN) known.clear();
      name = rowName(node, options);
      known.set(node, name);
    }
    return name;
  };
}

function rowName(node: number, options: RowNamesOptions): RowName {
  const { snapshot, topDepth, isFolded, canFold, t, format } = options;
  const { tree, repeats } = snapshot;
  const isRepeat = options.isRepeat(node);
  const hidden = isRepeat ? errorsOfRepeat(snapshot, node) : isFolded(node) ? errorsBelow(snapshot, node) : 0;
  const links = isRepeat ? linksOfRepeat(snapshot, node) : linksOf(tree, node);
  const below = (tree.subtreeEnd[node] ?? node + 1) - node - 1;
  return {
    depth: (tree.depth[node] ?? 0) - topDepth,
    toggle: canFold(node) ? (isFolded(node) ? '▸' : '▾') : undefined,
    isFound: options.isFound?.(node) ?? false,
    repeat: isRepeat ? `×${format.number(repeats.count[node] ?? 0)}` : undefined,
    right: [
      ...(isFolded(node) && !isRepeat ? [{ text: `+${format.number(below)}`, color: 'var(--muted)', font: 'small' as const }] : []),
      ...(hidden > 0 ? [{ text: `✕ ${format.number(hidden)}`, color: 'var(--level-error)', font: 'smallStrong' as const }] : []),
      ...LINK_WAYS.filter((way) => links[way] > 0).map((way) => ({
        text: linksText(way, links, format),
        color: 'var(--muted)',
        font: 'small' as const,
      })),
    ],
    unfinished: tree.type[node] === NODE.unfinished ? ` … ${t('span.unfinished')}` : undefined,
    ...nameParts(node, options),
  };
}

/** In the order in which their marks stand, the outermost first. */
export const LINK_WAYS = ['to', 'from'] as const;
export type LinkWay = (typeof LINK_WAYS)[number];

/** The mark of a row whose span links to others, or is linked to. */
export function linksText(way: LinkWay, { [way]: count }: LinkCounts, format: Pick<Format, 'number'>): string {
  return count === 1 ? LINKS_SIGNS[way] : `${LINKS_SIGNS[way]} ${format.number(count)}`;
}

/** As rows show it behind a span's name; of a repetition what all of its calls have in common; undefined where nothing is known of it. */
export function shownTarget(tree: Pick<TraceTree, 'target' | 'targets'>, node: number, isRepeat: boolean): string | undefined {
  const target = isRepeat ? targetHost(targetOf(tree, node)) : targetOf(tree, node);
  return target === '' ? undefined : showControls(target);
}

type NameParts = Pick<RowName, 'swatch' | 'service' | 'sign' | 'label' | 'target' | 'look'>;

const NO_SPAN = { swatch: undefined, service: undefined, target: undefined };

function nameParts(node: number, { snapshot: { tree }, isRepeat, colorOf, t }: RowNamesOptions): NameParts {
  if (tree.type[node] === NODE.log) {
    const level = logLevel(tree, node);
    const text = showControls(valueText(tree.logs.bodies[tree.source[node] ?? 0]).slice(0, LABEL_CHARACTERS));
    const sign = { text: LEVEL_SIGNS[level], color: levelColor(level) };
    return { ...NO_SPAN, sign, label: { text, color: 'var(--text)' }, look: 'data' };
  }
  if (tree.type[node] === NODE.missing) {
    const text = `? ${t('trace.missingSpan', { id: spanIdOf(tree, node) })}`;
    return { ...NO_SPAN, sign: undefined, label: { text, color: 'var(--level-warn)' }, look: 'strong' };
  }
  const service = serviceNameOf(tree, node);
  const isError = isErrorNode(tree, node) && !isRepeat(node);
  return {
    swatch: colorOf(service),
    service: showControls(service),
    sign: isError ? { text: '✕', color: 'var(--level-error)' } : undefined,
    label: { text: spanName(nameOf(tree, node), t), color: 'var(--text)' },
    target: shownTarget(tree, node, isRepeat(node)),
    look: 'plain',
  };
}
