import { type Command, followReply } from './ioredis-command.ts';
import { argumentText } from './stream-entries.ts';

/** Reads the reply of one command. */
type Read = (reply: unknown) => void;

/** By the connection: who reads the replies of a transaction's commands, in their order, as far as Redis has queued them. */
const open = new WeakMap<object, (Read | undefined)[]>();

/**
 * Whether a command is in a transaction that `multi({ pipeline: false })` began on its connection: Redis answers it with
 * the others when EXEC comes, and so it would any command of ours that was sent meanwhile. To be called for each command
 * that is in no pipeline; `read` gets the command's reply.
 */
export function joinTransaction(connection: object, command: Command, read: Read | undefined): boolean {
  const name = command.name.toLowerCase();
  if (name === 'multi') open.set(connection, []);
  else if (name === 'exec' || name === 'discard') followExec(connection, command);
  else followQueued(open.get(connection), command, read);
  return isInTransaction(connection);
}

/** What a client says on its own while it connects comes after a MULTI that waits for that, and is not queued. */
function followQueued(reads: (Read | undefined)[] | undefined, command: Command, read: Read | undefined): void {
  if (reads === undefined) return;
  followReply(command, (reply) => {
    if (argumentText(reply) === 'QUEUED') reads.push(read);
    else read?.(reply);
    return reply;
  });
}

/** Whether a connection has begun a transaction and not ended it. */
export function isInTransaction(connection: object): boolean {
  return open.has(connection);
}

/** The connection is lost, and what was not executed with it. */
export function abandonTransaction(connection: object): void {
  open.delete(connection);
}

function followExec(connection: object, command: Command): void {
  const reads = open.get(connection);
  open.delete(connection);
  if (reads === undefined) return;
  followReply(command, (replies) => {
    if (Array.isArray(replies)) for (const [index, read] of reads.entries()) read?.(replies[index]);
    return replies;
  });
}
