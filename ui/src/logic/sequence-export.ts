import { showControls } from './control-characters.ts';
import { formatDuration } from './duration-format.ts';
import type { FlowSequence, Participant, SequenceMessage } from './flow-sequence.ts';
import type { SequenceNode } from './sequence-folding.ts';

/** What is written for who is outside, for a service and for a span without a name, in the reader's language. */
export interface SequenceWords {
  readonly outside: string;
  readonly unnamed: string;
  readonly unnamedSpan: string;
}

const LABEL_CHARACTERS = 200;

/** A participant as people read it. */
export function participantLabel({ type, name, instance }: Participant, words: SequenceWords): string {
  if (type === 'outside') return words.outside;
  const label = name === '' ? words.unnamed : showControls(name);
  return instance === '' ? label : `${label} · ${showControls(instance)}`;
}

/** Mermaid's text of the sequence, loops as loops. Names and labels are data: what Mermaid would act on is written as its entity codes. */
export function sequenceMermaid({ participants, messages }: FlowSequence, nodes: readonly SequenceNode[], words: SequenceWords): string {
  const lines = ['sequenceDiagram'];
  participants.forEach((participant, place) => {
    const kind = participant.type === 'outside' ? 'actor' : 'participant';
    lines.push(`  ${kind} p${place} as ${mermaidText(participantLabel(participant, words))}`);
  });
  const write = (node: SequenceNode, indent: string): void => {
    if (node.type === 'message') {
      const message = messages[node.message];
      if (message !== undefined) lines.push(`${indent}${mermaidLine(message, words)}`);
      return;
    }
    lines.push(`${indent}loop ${node.count} times`);
    for (const one of node.turns[0] ?? []) write(one, `${indent}  `);
    lines.push(`${indent}end`);
  };
  for (const node of nodes) write(node, '  ');
  return `${lines.join('\n')}\n`;
}

function mermaidLine({ type, from, to, label, isError, attempt }: SequenceMessage, words: SequenceWords): string {
  const arrow = isError ? (type === 'async' ? '--x' : '-x') : type === 'async' ? '-)' : '->>';
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  return `p${from}${arrow}p${to}: ${mermaidText(label || words.unnamedSpan) || '-'}${again}`;
}

function mermaidText(text: string): string {
  return showControls(text)
    .slice(0, LABEL_CHARACTERS)
    .replace(/[#;:<>"%{}]/g, (character) => `#${character.charCodeAt(0)};`);
}

/** Pixels of the picture. */
const COLUMN = 170;
const ROW = 34;
const HEAD = 40;
const MARGIN = 20;
const SELF_WIDTH = 26;
/** Characters that fit between two participants, about. */
const LABEL_FIT = 26;

export interface SequencePicture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** The rows as a picture that stands by itself, in the light scheme: to be put into a document. `rows` as they are drawn, loops folded or not. */
export function sequencePicture(
  { participants, messages }: FlowSequence,
  rows: readonly { readonly message: number; readonly turns: number; readonly isHead: boolean }[],
  words: SequenceWords,
): SequencePicture {
  const width = 2 * MARGIN + participants.length * COLUMN;
  const height = HEAD + rows.length * ROW + 2 * MARGIN;
  const center = (place: number): number => MARGIN + place * COLUMN + COLUMN / 2;
  const parts = participants.map((participant, place) => {
    const x = center(place);
    const label = cut(participantLabel(participant, words), LABEL_FIT - 4);
    return `<line x1="${x}" y1="${HEAD}" x2="${x}" y2="${height - MARGIN}" stroke="#c9cdd3"/><rect x="${x - COLUMN / 2 + 6}" y="10" width="${COLUMN - 12}" height="24" rx="4" fill="#ffffff" stroke="#858d98"/><text x="${x}" y="26" text-anchor="middle" font-weight="600">${xml(label)}</text>`;
  });
  rows.forEach(({ message: place, turns, isHead }, row) => {
    const message = messages[place];
    if (message === undefined) return;
    const y = HEAD + MARGIN + row * ROW + 14;
    parts.push(
      isHead
        ? `<text x="4" y="${y}" fill="#8f5a0a" font-weight="600">loop ×${turns}</text>`
        : drawMessage(message, { y, turns, center, words }),
    );
  });
  return {
    width,
    height,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#1b1f24"><rect width="100%" height="100%" fill="#ffffff"/>${parts.join('')}</svg>`,
  };
}

function drawMessage(
  { type, from, to, label, isError, attempt, duration }: SequenceMessage,
  {
    y,
    turns,
    center,
    words,
  }: { readonly y: number; readonly turns: number; readonly center: (place: number) => number; readonly words: SequenceWords },
): string {
  const [x1, x2] = [center(from), center(to)];
  const color = isError ? '#c4314b' : '#1b1f24';
  const dash = type === 'async' ? ' stroke-dasharray="5 4"' : '';
  const text = `${isError ? '✕ ' : ''}${cut(showControls(label || words.unnamedSpan), LABEL_FIT * Math.max(1, Math.abs(to - from)))}${attempt > 1 ? ` ↻${attempt}` : ''}${turns > 1 ? ` ×${turns}` : ''} · ${formatDuration(duration)}`;
  if (from === to) {
    const path = `M${x1} ${y}h${SELF_WIDTH}v10h-${SELF_WIDTH - 6}`;
    return `<path d="${path}" fill="none" stroke="${color}"/>${head({ x: x1 + 1, y: y + 10, direction: -1, color, type })}<text x="${x1 + SELF_WIDTH + 6}" y="${y + 8}" fill="${color}">${xml(text)}</text>`;
  }
  const direction = x2 > x1 ? 1 : -1;
  return `<line x1="${x1}" y1="${y + 8}" x2="${x2 - direction * 6}" y2="${y + 8}" stroke="${color}"${dash}/>${head({ x: x2, y: y + 8, direction, color, type })}<text x="${Math.min(x1, x2) + 8}" y="${y + 2}" fill="${color}">${xml(text)}</text>`;
}

/** Filled for a call, two strokes for what is not waited for. */
function head({
  x,
  y,
  direction,
  color,
  type,
}: {
  readonly x: number;
  readonly y: number;
  readonly direction: number;
  readonly color: string;
  readonly type: SequenceMessage['type'];
}): string {
  const points = `${x - direction * 8},${y - 4} ${x},${y} ${x - direction * 8},${y + 4}`;
  return type === 'async'
    ? `<polyline points="${points}" fill="none" stroke="${color}"/>`
    : `<polygon points="${points}" fill="${color}"/>`;
}

function cut(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text;
}

function xml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
