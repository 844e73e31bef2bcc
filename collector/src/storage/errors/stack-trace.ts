import { goFrame, javaFrame, pythonFrame, scriptFrame } from './stack-frames.ts';

/** More of a stack says no more of where it comes from; it is what one stack may cost at most. */
const MAX_STACK_LENGTH = 32 * 1024;
const MAX_LINES = 400;
/** A longer line is no frame: it is read past, so that no expression meets it. */
const MAX_LINE_LENGTH = 2_048;

/** Where the program was. */
export interface StackFrame {
  /** What it is called by over releases and machines: function and file, without line, column, folder of the release and hash of the build. */
  readonly name: string;
  /** Of the service itself: no library, no runtime. */
  readonly isApp: boolean;
  /** Functions of a minified bundle have other names in each build: the name is the file's alone. */
  readonly isMinified: boolean;
  /** How many lines of the text are about it. */
  readonly lines: number;
}

export interface StackTrace {
  /** The innermost first, whatever the language's own order. Of an error with causes, those of the one that was thrown; of its causes where it has none of the app. */
  readonly frames: readonly StackFrame[];
}

/** Begins the stack of what caused the error, or of what it was made of. */
const CAUSE = /^\s*(?:Caused by: |Aggregated: |\[cause\]: |\[errors\]: |Suppressed: )/;
const PYTHON_START = /^[\s|+-]*Traceback \(most recent call last\):/;
/** Deeper than the frame. */
const PYTHON_SOURCE = /^[\s|]{4,}\S/;
/** In front of each line of an exception group. */
const GROUP_MARGIN = /^[\s]*[|+](?=\s)/;

/**
 * Reads stacks as V8, Firefox, Safari, CPython, the JVM, .NET and Go write them. What is none has no frames; no text costs more than its length.
 */
export function parseStack(text: string): StackTrace {
  const lines = linesOf(text);
  const sections: StackFrame[][] = [[]];
  let isPython = false;
  for (let number = 0; number < lines.length; number += 1) {
    const line = lines[number] ?? '';
    if (line.length > MAX_LINE_LENGTH) continue;
    if (PYTHON_START.test(line)) {
      isPython = true;
      sections.push([]);
      continue;
    }
    if (!isPython && CAUSE.test(line)) {
      sections.push([]);
      continue;
    }
    const frame = frameAt(lines, number);
    if (!frame) continue;
    sections.at(-1)?.push(frame);
    number += frame.lines - 1;
  }
  const withFrames = sections.filter((frames) => frames.length > 0);
  // What was raised last stands last, and its innermost frame too.
  if (isPython) return { frames: withMinified(withFrames.at(-1)?.toReversed() ?? []) };
  const frames = withFrames.find((section) => section.some(({ isApp }) => isApp)) ?? withFrames[0] ?? [];
  // What Go ran after the panic says who caught it.
  return { frames: withMinified(frames.slice(frames.findLastIndex(({ name }) => name === 'panic') + 1)) };
}

/**
 * The text without its first line, where that says the message: both have the same frames. Stacks of one fault differ in nothing else, so that what is left
 * is the same for all of them.
 */
export function withoutMessage(text: string): string {
  const end = text.indexOf('\n');
  if (end === -1 || text.length > MAX_STACK_LENGTH || hasManyLines(text)) return text;
  const [first = '', second = ''] = linesOf(text.slice(0, nextLineEnd(text, end)));
  if (first.length <= MAX_LINE_LENGTH && (PYTHON_START.test(first) || CAUSE.test(first) || frameAt([first, second], 0))) return text;
  return text.slice(end + 1);
}

/** Where the line behind the one that ends there ends, with what ends it. */
function nextLineEnd(text: string, end: number): number {
  const next = text.indexOf('\n', end + 1);
  return next === -1 ? text.length : next + 1;
}

/** So many that the last may be cut off. */
function hasManyLines(text: string): boolean {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1 && lines < MAX_LINES; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines >= MAX_LINES;
}

/** The lines of a stack with what they are, for a reader: `text` is what is no frame. */
export function describeStack(text: string): { readonly text: string; readonly kind: 'app' | 'library' | 'text' }[] {
  const lines = linesOf(text);
  const described: { text: string; kind: 'app' | 'library' | 'text' }[] = [];
  for (let number = 0; number < lines.length; ) {
    const frame = (lines[number]?.length ?? 0) > MAX_LINE_LENGTH ? undefined : frameAt(lines, number);
    const kind = frame ? (frame.isApp ? 'app' : 'library') : 'text';
    for (const end = number + (frame?.lines ?? 1); number < end; number += 1) described.push({ text: lines[number] ?? '', kind });
  }
  return described;
}

function linesOf(text: string): string[] {
  const lines = text.slice(0, MAX_STACK_LENGTH).split(/\r?\n/, MAX_LINES);
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

function frameAt(lines: readonly string[], number: number): StackFrame | undefined {
  const line = lines[number] ?? '';
  const next = lines[number + 1] ?? '';
  // Node prints a brace behind the last frame of an error with members, and a comma behind that of one in a list.
  const trimmed = line
    .replace(GROUP_MARGIN, '')
    .replace(/ \{$|,$/, '')
    .trim();
  if (trimmed.startsWith('at ')) {
    const frame = javaFrame(trimmed) ?? scriptFrame(trimmed.slice(3));
    return frame && { ...frame, lines: 1 };
  }
  if (trimmed.startsWith('File "')) {
    const frame = pythonFrame(trimmed);
    return frame && { ...frame, isMinified: false, lines: pythonLines(lines, number) };
  }
  if (next.length <= MAX_LINE_LENGTH) {
    const frame = goFrame(line, next);
    if (frame) return { ...frame, isMinified: false, lines: 2 };
  }
  // Firefox and Safari: function@address.
  const at = trimmed.indexOf('@');
  const frame =
    at >= 0 && /^[^\s@]*@\S+:\d+:\d+$/.test(trimmed)
      ? scriptFrame(`${trimmed.slice(0, at) || '<anonymous>'} (${trimmed.slice(at + 1)})`)
      : undefined;
  return frame && { ...frame, lines: 1 };
}

/** A frame's line, the program's line, and since 3.11 marks below it. */
function pythonLines(lines: readonly string[], number: number): number {
  const isMore = (line: string | undefined): boolean => {
    if (line === undefined || line.length > MAX_LINE_LENGTH || !PYTHON_SOURCE.test(line)) return false;
    return !line.replace(GROUP_MARGIN, '').trim().startsWith('File "');
  };
  if (!isMore(lines[number + 1])) return 1;
  const marks = lines[number + 2];
  return isMore(marks) && /^[\s|]*[~^\s]+$/.test(marks ?? '') ? 3 : 2;
}

/** A file that has one frame of a minified line is one as a whole. */
function withMinified(frames: readonly StackFrame[]): StackFrame[] {
  const files = new Set(frames.filter(({ isMinified }) => isMinified).map(({ name }) => name));
  if (files.size === 0) return [...frames];
  return frames.map((frame) => {
    const file = frame.name.slice(frame.name.lastIndexOf(' ') + 1);
    return files.has(file) ? { ...frame, name: file, isMinified: true } : frame;
  });
}
