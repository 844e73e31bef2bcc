/**
 * A reason to end the command that the person at the terminal can act on: shown as one line, without a stack.
 * The message says what, where and what to do.
 */
export class Stop extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'Stop';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command's main function and sets the exit code that it resolves with. A `Stop` becomes its one line on stderr;
 * anything else is a fault of ours and keeps its stack.
 *
 * @param {string} command name for the line, as `npm start`
 * @param {() => Promise<number>} main
 */
export async function runCommand(command, main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = error instanceof Stop ? error.exitCode : 1;
    console.error(error instanceof Stop ? `${command}: ${error.message}` : error);
  }
}
