// @ts-check
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { exchange } from './exchange.mjs';
import { findProgram, programOrThrow } from './find-program.mjs';
import { LOOPBACK } from './free-ports.mjs';
import { startServerProcess } from './server-process.mjs';

const SUPERUSER = 'root';
const DATABASE = 'test';
/** What the system's tables are made by, in this order: their names before MariaDB 11 and since. */
const SYSTEM_TABLES = ['system_tables.sql', 'system_tables_data.sql'];
const PREFIXES = ['mysql', 'mariadb'];
/** The first message of the server's, by its number: https://mariadb.com/kb/en/connection/#initial-handshake-packet */
const PROTOCOL_VERSION = 10;
const HEADER_LENGTH = 4;
const run = promisify(execFile);

/**
 * The server's program.
 *
 * @returns {string | undefined}
 */
export function findMariadb() {
  return findProgram('/usr/sbin/mariadbd', 'mariadbd');
}

/**
 * A MariaDB server, for clients of MySQL too, whose superuser `root` needs no password.
 *
 * @param {import('./server-process.mjs').ServerOptions} [options]
 */
export function startMariadb(options = {}) {
  return startServerProcess(
    {
      name: 'mariadb',
      ports: 1,
      prepare: async ({ directory, ports: [port] }) => {
        const mariadb = programOrThrow(findMariadb(), 'mariadb');
        const data = join(directory, 'data');
        const settings = settingsOf(data);
        if (!existsSync(join(data, DATABASE))) await createDatabase(mariadb, data, settings);
        const socket = ['--socket', join(directory, 'mariadb.sock'), '--pid-file', join(directory, 'mariadb.pid')];
        return { command: mariadb, args: [...settings, '--bind-address', LOOPBACK, '--port', String(port), ...socket] };
      },
      // It speaks first.
      answers: async (port) => (await exchange(port, '', { isWhole: isGreeting })) !== undefined,
      url: (port) => `mysql://${SUPERUSER}@${LOOPBACK}:${port}/${DATABASE}`,
    },
    options,
  );
}

/**
 * Nothing of the machine's own configuration; data that need not outlive a power cut, and the memory of a small machine.
 *
 * @param {string} data
 */
function settingsOf(data) {
  return [
    '--no-defaults',
    // It refuses to run as root unless it is told to.
    ...(process.getuid?.() === 0 ? ['--user', 'root'] : []),
    '--datadir',
    data,
    '--innodb-buffer-pool-size=8M',
    '--innodb-log-file-size=4M',
    '--innodb-flush-log-at-trx-commit=0',
    // On its way out: a version without it goes on.
    '--loose-innodb-flush-method=nosync',
    '--skip-sync-frm',
    '--skip-log-bin',
    '--skip-name-resolve',
    '--performance-schema=off',
  ];
}

/**
 * What `mariadb-install-db` does, without the programs of the client that it needs and without the texts of `HELP`.
 *
 * @param {string} mariadb
 * @param {string} data
 * @param {readonly string[]} settings
 */
async function createDatabase(mariadb, data, settings) {
  mkdirSync(data, { recursive: true });
  const tables = SYSTEM_TABLES.map((name) => readFileSync(findScript(mariadb, name), 'utf8'));
  // Last, so that it is there only when all else is. One line is one statement.
  const lines = [
    'CREATE DATABASE IF NOT EXISTS mysql;',
    'USE mysql;',
    'SET @auth_root_socket = NULL;',
    ...tables,
    `CREATE DATABASE ${DATABASE};`,
  ];
  const bootstrap = run(mariadb, [...settings, '--bootstrap', '--enforce-storage-engine='], { cwd: data });
  bootstrap.child.stdin?.end(lines.join('\n'));
  await bootstrap;
}

/**
 * @param {string} mariadb
 * @param {string} name
 */
function findScript(mariadb, name) {
  const candidates = PREFIXES.flatMap((folder) =>
    PREFIXES.map((prefix) => join(dirname(mariadb), '..', 'share', folder, `${prefix}_${name}`)),
  );
  const script = candidates.find((file) => existsSync(file));
  if (script === undefined) throw new Error(`expected one of ${candidates.join(', ')}`);
  return script;
}

/** @param {Buffer} answer */
function isGreeting(answer) {
  return answer.length > HEADER_LENGTH && answer[HEADER_LENGTH] === PROTOCOL_VERSION;
}
