import { CliError, type Command, type CommandContext, UsageError } from './command.ts';
import { exportCommand } from './export-command.ts';
import { importCommand } from './import/import-command.ts';
import { queryCommand } from './query/query-command.ts';

const COMMANDS: readonly Command[] = [queryCommand, exportCommand, importCommand];

const HELP = `Look at, save and load what a Threadline collector keeps.

Usage: threadline COMMAND [OPTIONS]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`).join('\n')}

  threadline COMMAND --help    what a command takes, with examples

Environment:
  THREADLINE_CLI_URL        the collector's UI and query API, unless --url says it (http://127.0.0.1:4319)
  THREADLINE_CLI_OTLP_URL   where import sends to, unless --url says it (http://127.0.0.1:4318)
  THREADLINE_READ_KEY       the key to read with, where the collector has one
  THREADLINE_INGEST_KEY     the key to send with, where the collector has one
  NO_COLOR                  no colours
`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Runs the command that the arguments name. Resolves with the exit code: 0 all done, 1 not or not all, 2 not understood. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await context.out.write(HELP);
    return name === undefined ? EXIT_USAGE : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    if (!command) throw new UsageError(`there is no command ${name}; there are ${COMMANDS.map((known) => known.name).join(', ')}`);
    if (rest.includes('--help') || rest.includes('-h')) {
      await context.out.write(command.help);
      return 0;
    }
    return await command.run(rest, context);
  } catch (error) {
    if (context.signal.aborted) return EXIT_FAILED;
    if (error instanceof UsageError) {
      await context.err.write(`threadline: ${error.message}\nSee: threadline ${command ? `${command.name} ` : ''}--help\n`);
      return EXIT_USAGE;
    }
    if (!(error instanceof CliError)) throw error;
    await context.err.write(`threadline: ${error.message}\n`);
    return EXIT_FAILED;
  }
}
