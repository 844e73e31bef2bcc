#!/usr/bin/env node
// @ts-check
// Runs servers in the foreground until Ctrl-C. README.md says how to use it.
import { parseArgs } from 'node:util';
import { ensureServers } from './install.mjs';
import { processTree } from './process-tree.mjs';
import { START_SERVER } from './servers.mjs';

const BYTES_PER_MEGABYTE = 1024 * 1024;
const EXIT_CODE_OF_INTERRUPT = 130;

/** @typedef {import('./how-to-install.mjs').ServerName} ServerName */

const { positionals } = parseArgs({ allowPositionals: true });

try {
  const wanted = positionals.map(parseWanted);
  const names = wanted.length === 0 ? Object.keys(START_SERVER).filter(isServerName) : wanted.map(({ name }) => name);
  const { available, missing } = await ensureServers(names, (line) => console.error(line));
  for (const [name, advice] of missing) console.error(`${name} is not there: install ${advice}`);
  if (missing.size > 0) process.exitCode = 1;
  // While they start, a Ctrl-C ends this process, and with it whatever has been started.
  /** @type {() => void} */
  let stop = () => process.exit(EXIT_CODE_OF_INTERRUPT);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop());
  const starting = available.map((name) => startAndTell(name, wanted.find((one) => one.name === name)?.port));
  const running = (await Promise.allSettled(starting)).flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value];
    console.error(result.reason instanceof Error ? result.reason.message : result.reason);
    process.exitCode = 1;
    return [];
  });
  if (running.length > 0) console.log('Ctrl-C stops all.');
  const stopAll = async () => void (await Promise.all(running.map((server) => server.stop())));
  stop = () => void stopAll();
  await Promise.all(running.map((server) => server.exited));
  await stopAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * @param {ServerName} name
 * @param {number | undefined} port
 */
async function startAndTell(name, port) {
  const server = await START_SERVER[name](port === undefined ? {} : { port });
  const bytes = processTree(server.pid).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  const memory = bytes === 0 ? '' : `, ${Math.round(bytes / BYTES_PER_MEGABYTE)} MB`;
  console.log(`${name.padEnd(10)} ${server.url.padEnd(48)} ready in ${(server.readyMillis / 1000).toFixed(1)} s${memory}`);
  return server;
}

/**
 * @param {string} text `redis`, or with a port `redis=6379`
 * @returns {{ name: ServerName, port: number | undefined }}
 */
function parseWanted(text) {
  const [name = '', port] = text.split('=');
  if (!isServerName(name)) throw new Error(`there is no server ${name}; the servers are ${Object.keys(START_SERVER).join(', ')}`);
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new Error(`expected a port after ${name}=, got ${port}`);
  return { name, port: port === undefined ? undefined : Number(port) };
}

/**
 * @param {string} name
 * @returns {name is ServerName}
 */
function isServerName(name) {
  return Object.hasOwn(START_SERVER, name);
}
