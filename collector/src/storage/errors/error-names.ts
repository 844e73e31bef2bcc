import { createHash } from 'node:crypto';
import { MAX_SHAPE_BYTES, MessageShape } from '../patterns/message-shape.ts';
import type { TemplateText } from '../patterns/template-text.ts';
import type { Exception } from './exceptions.ts';
import { parseStack, withoutMessage } from './stack-trace.ts';

/** Frames of the app that tell one error from another; deeper ones say who called. */
const MAX_FRAMES = 5;
const ID_LENGTH = 16;
/** Of a type; what is longer is no name. */
const MAX_TYPE_LENGTH = 200;
/** More of a message is not looked at; UTF-8 has at most three bytes for a unit of a string. */
const MAX_MESSAGE_UNITS = 2 * MAX_SHAPE_BYTES;
/** Stacks that were looked through are kept, up to so many of so many characters each: a fault that happens, happens again and again. */
const MAX_KNOWN_STACKS = 500;
const MAX_KNOWN_LENGTH = 16 * 1024;
/** Of so many errors the fingerprint is kept. */
const MAX_KNOWN_FINGERPRINTS = 2_000;
/** `TypeError: x is undefined`, `Exception in thread "main" java.lang.IllegalStateException: no`, `ValueError`. */
const FIRST_LINE = /^(?:Uncaught |Exception in thread "[^"]{0,200}" )?([A-Za-z_$][\w$.]{0,199})(?:: (.*))?$/;

/** What tells an error from others. */
export interface ErrorName {
  /** 16 hex digits: the same for the same error in every process, whoever worked it out. In indices: never change what it is made of without need. */
  readonly fingerprint: string;
  readonly type: string;
  /** Of its message, words as they are. */
  readonly template: TemplateText;
}

/** Names of the app's frames; `isTelling`: they tell an error from others. */
interface Frames {
  readonly frames: string;
  readonly isTelling: boolean;
}

/**
 * Names exceptions: by type and the first five frames of the app, without lines, columns and the message, so that an error keeps its name over
 * releases and machines. Where no frame is the app's, or all of them are of a minified bundle, by type, those frames and the message's template. Depends
 * on the exception alone.
 */
export class ErrorNames {
  readonly #shape = new MessageShape();
  readonly #bytes = Buffer.allocUnsafe(3 * MAX_MESSAGE_UNITS);
  readonly #stacks = new Map<string, Frames>();
  readonly #fingerprints = new Map<string, string>();

  of(exception: Exception): ErrorName {
    const { type, message } = sayingOf(exception);
    const template = this.#templateOf(message);
    return { fingerprint: this.#fingerprint(type, this.#framesOf(exception.stack), () => template), type, template };
  }

  /** Of all of them, each once. */
  fingerprintsOf(exceptions: readonly Exception[]): string[] {
    if (exceptions.length === 0) return [];
    return [...new Set(exceptions.map((exception) => this.#fingerprintOf(exception)))];
  }

  #fingerprintOf(exception: Exception): string {
    const { type, message } = sayingOf(exception);
    return this.#fingerprint(type, this.#framesOf(exception.stack), () => this.#templateOf(message));
  }

  #fingerprint(type: string, { frames, isTelling }: Frames, template: () => TemplateText): string {
    const text = (isTelling ? [type, frames] : [type, frames, template()]).join('\u0000');
    const known = this.#fingerprints.get(text);
    if (known) return known;
    const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH);
    if (this.#fingerprints.size >= MAX_KNOWN_FINGERPRINTS) this.#fingerprints.clear();
    this.#fingerprints.set(text, fingerprint);
    return fingerprint;
  }

  #templateOf(message: string): TemplateText {
    const length = this.#bytes.write(message.slice(0, MAX_MESSAGE_UNITS).toWellFormed());
    return this.#shape.read(this.#bytes, 0, length) ? this.#shape.templateText() : '';
  }

  #framesOf(whole: string): Frames {
    const stack = withoutMessage(whole);
    const known = this.#stacks.get(stack);
    if (known) return known;
    const own = parseStack(stack).frames.filter(({ isApp }) => isApp);
    const names: string[] = [];
    // A bundle's frames are all of one name.
    for (const { name } of own) if (names.length < MAX_FRAMES && names.at(-1) !== name) names.push(name);
    const found = { frames: names.join('\n'), isTelling: own.some(({ isMinified }) => !isMinified) };
    if (stack.length <= MAX_KNOWN_LENGTH) {
      if (this.#stacks.size >= MAX_KNOWN_STACKS) this.#stacks.clear();
      this.#stacks.set(stack, found);
    }
    return found;
  }
}

/** What it is called and what it says. */
function sayingOf({ type: ownType, message: ownMessage, stack }: Exception): { readonly type: string; readonly message: string } {
  const first = ownType === '' || ownMessage === '' ? firstLine(stack) : undefined;
  return { type: (ownType || first?.type || '').slice(0, MAX_TYPE_LENGTH), message: ownMessage || first?.message || '' };
}

/** What a stack says itself: on its first line, or on the last one where the calls come first. */
function firstLine(stack: string): { readonly type: string; readonly message: string } | undefined {
  const isPython = stack.trimStart().startsWith('Traceback ');
  const lines = stack
    .slice(isPython ? -2_048 : 0, isPython ? undefined : 2_048)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const [, type = '', message = ''] = FIRST_LINE.exec((isPython ? lines.at(-1) : lines[0])?.trim() ?? '') ?? [];
  return type === '' ? undefined : { type, message };
}
