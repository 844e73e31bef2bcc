// @ts-check
import { execFile } from 'node:child_process';
import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { exchange } from './exchange.mjs';
import { findProgram, programOrThrow } from './find-program.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { startServerProcess } from './server-process.mjs';

/** Debian keeps each version's programs here and only their wrappers on the PATH. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const SUPERUSER = 'postgres';
const run = promisify(execFile);

/**
 * The server's program; `initdb` is beside it.
 *
 * @returns {string | undefined}
 */
export function findPostgres() {
  const versions = existsSync(DEBIAN_VERSIONS) ? readdirSync(DEBIAN_VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
  return findProgram(...versions.map((version) => join(DEBIAN_VERSIONS, version, 'bin', 'postgres')), 'postgres');
}

/**
 * A PostgreSQL server whose superuser `postgres` needs no password. Root, as whom it refuses to run, runs it as Debian's
 * user `postgres`, who must then be able to reach the folder.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export function startPostgres(options = {}) {
  return startServerProcess(
    {
      name: 'postgres',
      ports: 1,
      prepare: async ({ directory, ports: [port] }) => {
        const postgres = programOrThrow(findPostgres(), 'postgres');
        const data = join(directory, 'data');
        const initdb = join(dirname(postgres), 'initdb');
        const before = await asOrdinaryUser(directory);
        if (!existsSync(join(data, 'PG_VERSION'))) {
          const [command = '', ...args] = [
            ...before,
            initdb,
            '-D',
            data,
            '-U',
            SUPERUSER,
            '-A',
            'trust',
            '-E',
            'UTF8',
            '--locale=C',
            '--no-sync',
          ];
          await run(command, args, { cwd: directory });
        }
        const [command = '', ...args] = [...before, postgres, '-D', data, '-h', LOOPBACK, '-p', String(port), '-k', directory];
        // Data that need not outlive a power cut, and the memory of a small machine.
        return { command, args: [...args, '-c', 'fsync=off', '-c', 'shared_buffers=32MB'] };
      },
      answers: async (port) => (await exchange(port, startupMessage(), { isWhole: endsReady })) !== undefined,
      url: (port) => `postgres://${SUPERUSER}@${LOOPBACK}:${port}/postgres`,
      // "Fast": open sessions are ended; on SIGTERM it would wait for the clients.
      stopSignal: 'SIGINT',
    },
    options,
  );
}

/**
 * The command that a command must stand behind to run without root's rights; nothing when we have none.
 *
 * @param {string} directory which is made that user's
 */
async function asOrdinaryUser(directory) {
  if (process.getuid?.() !== 0) return [];
  const { stdout } = await run('id', ['-u', SUPERUSER]);
  const user = Number(stdout);
  if (statSync(directory).uid !== user) chownSync(directory, user, -1);
  return ['setpriv', `--reuid=${SUPERUSER}`, `--regid=${SUPERUSER}`, '--clear-groups'];
}

/** StartupMessage of protocol 3.0: https://www.postgresql.org/docs/current/protocol-message-formats.html */
function startupMessage() {
  const parameters = Buffer.from(`user\0${SUPERUSER}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, parameters]);
}

/**
 * ReadyForQuery ends the answer; while it starts, the server sends an error and closes.
 *
 * @param {Buffer} answer
 */
function endsReady(answer) {
  return answer.subarray(-6).equals(Buffer.from('Z\0\0\0\x05I', 'latin1'));
}
