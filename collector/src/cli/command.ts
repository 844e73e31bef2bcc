import type { Readable } from 'node:stream';
import type { Terminal } from './terminal.ts';

/** What a command has of the world. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly out: Terminal;
  readonly err: Terminal;
  /** Aborted when the person presses Ctrl+C. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit code. Throws `UsageError` or `CliError` with what the person is told. */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** The command was not understood: the exit code is 2. */
export class UsageError extends Error {}

/** It was understood and could not be done: the exit code is 1. The message says what, where and what to do. */
export class CliError extends Error {}
