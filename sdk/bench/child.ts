import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  readonly execArgv?: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process of the bench. It is asked for one thing at a time, over the channel between parent and child. */
export interface Child {
  /** Its answer; rejects when it ends instead. */
  ask(message: string | object): Promise<unknown>;
  /** What it says by itself first. */
  readonly first: unknown;
  /** Resolves when it is gone. */
  end(): Promise<void>;
}

/** Resolves with what it says when it is ready. Its lines go nowhere, its errors to ours. */
export async function startChild(script: string, { execArgv = [], cwd, environment = {} }: ChildOptions = {}): Promise<Child> {
  const child = fork(script, [], {
    execArgv: [...execArgv],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const first = await nextMessage(child);
  return {
    first,
    ask(message) {
      const answer = nextMessage(child);
      child.send(message);
      return answer;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a process of the bench ended with code ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
