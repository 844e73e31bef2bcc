import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command of the image, run in the production tree as a container would run it. */
export interface ContainerProcess {
  /** The first message that it sends when it is ready. Rejects with what it printed when it ends before. */
  readonly ready: Promise<unknown>;
  stop(): Promise<void>;
}

interface Place {
  readonly directory: string;
  /** All that the process gets beside PATH: nothing of this machine's own settings. */
  readonly environment: Readonly<Record<string, string>>;
}

export function startContainerProcess([program = '', ...args]: readonly string[], { directory, environment }: Place): ContainerProcess {
  const child = spawn(program, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = once(child, 'exit');
  const endedEarly = exited.then(() => {
    throw new Error(`${program} ${args.join(' ')} ended before it was ready:\n${output}`);
  });
  return {
    ready: Promise.race([once(child, 'message').then(([message]: unknown[]) => message), endedEarly]),
    stop: async () => {
      endedEarly.catch(() => undefined);
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs a command to its end; its exit code and what it printed. */
export async function runInContainer([program = '', ...args]: readonly string[], { directory, environment }: Place) {
  const child = spawn(program, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [exitCode]: unknown[] = await once(child, 'close');
  return { exitCode, output };
}
