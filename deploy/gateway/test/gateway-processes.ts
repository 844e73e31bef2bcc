import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startContainerProcess } from '../../docker/container-process.ts';
import { findProgram } from '../../servers/find-program.mjs';
import { LOOPBACK } from '../../servers/free-ports.mjs';
import { type RunningServer, startServerProcess } from '../../servers/server-process.mjs';

const HERE = new URL('../', import.meta.url);
const ROOT = fileURLToPath(new URL('../../', HERE));

/** What a gateway stands in front of, and where its lines go. */
export interface GatewayPlace {
  readonly upstream: string;
  readonly logDirectory: string;
  readonly syslogPort: number;
  /** Nobody's ids are believed, as where the configuration names networks that the caller is in none of. */
  readonly believesNobody?: boolean;
}

/** What the configuration says as it is delivered, and what a gateway that believes nobody has in its place. */
const TRUST = {
  nginx: ['default 1;', 'default 0;'],
  haproxy: ['acl is_trusted src 0.0.0.0/0 ::/0', 'acl is_trusted src 192.0.2.1'],
} as const;

/** nginx with the files of `deploy/gateway/nginx`, put by README's own commands where Debian's nginx reads them, in the order that it does. */
export function startNginx({ upstream, logDirectory, believesNobody }: GatewayPlace): Promise<RunningServer> {
  return startServerProcess({
    name: 'nginx',
    ports: 1,
    prepare: ({ directory, ports: [port] }) => {
      const listen = `${LOOPBACK}:${port}`;
      for (const folder of ['conf.d', 'sites-enabled']) mkdirSync(join(directory, folder), { recursive: true });
      // As Debian's page, which is asked before any other server of the port.
      writeFileSync(join(directory, 'sites-enabled/default'), `server { listen ${listen} default_server; return 404; }`);
      runCommands(nginxCommands({ directory, UPSTREAM: upstream, GATEWAY_LISTEN: listen, GATEWAY_LOG_DIR: logDirectory }));
      const gateway = join(directory, 'conf.d/00-threadline.conf');
      writeFileSync(gateway, trusting('nginx', readFileSync(gateway, 'utf8'), believesNobody));
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(directory, kind)};`);
      writeFileSync(
        join(directory, 'nginx.conf'),
        [
          `pid ${join(directory, 'pid')}; error_log ${join(directory, 'error.log')}; daemon off; worker_processes 1; events {}`,
          `http { ${temporary.join(' ')}`,
          'include conf.d/*.conf; include sites-enabled/*;',
          '}',
        ].join('\n'),
      );
      return {
        command: program('nginx'),
        args: ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')],
      };
    },
    answers,
    url: (port) => `http://${LOOPBACK}:${port}`,
  });
}

/** README's commands for nginx, but that which installs it, with a folder in place of `/etc/nginx` and other values. */
function nginxCommands({ directory, ...values }: Readonly<Record<string, string>> & { readonly directory: string }): string {
  const [, block = ''] = /^## nginx\n\n```sh\n(.*?)```/ms.exec(read('README.md')) ?? [];
  return block
    .replace(/^apt-get .*\n/m, '')
    .replaceAll('/etc/nginx', directory)
    .replace(/\b([A-Z_]+)=\S+/g, (whole, name: string) => (values[name] === undefined ? whole : `${name}=${values[name]}`));
}

function runCommands(commands: string): void {
  execFileSync('/bin/sh', ['-euc', commands], { cwd: ROOT });
}

/** HAProxy with `deploy/gateway/haproxy/haproxy.cfg`. */
export function startHaproxy({ upstream, syslogPort, believesNobody }: GatewayPlace): Promise<RunningServer> {
  return startServerProcess({
    name: 'haproxy',
    ports: 1,
    prepare: ({ directory, ports: [port] }) => {
      const file = join(directory, 'haproxy.cfg');
      writeFileSync(file, trusting('haproxy', read('haproxy/haproxy.cfg'), believesNobody));
      return {
        command: program('haproxy'),
        args: ['-db', '-f', file],
        environment: { UPSTREAM: upstream, GATEWAY_LISTEN: `${LOOPBACK}:${port}`, GATEWAY_SYSLOG: `${LOOPBACK}:${syslogPort}` },
      };
    },
    answers,
    url: (port) => `http://${LOOPBACK}:${port}`,
  });
}

/** rsyslog with `deploy/gateway/rsyslog/threadline.conf`; its queues are in `directory`, and stay there. */
export function startRsyslog(
  directory: string,
  { collectorUrl, ingestKey, logDirectory, syslogPort }: RsyslogPlace,
): Promise<RunningServer> {
  return startServerProcess(
    {
      name: 'rsyslog',
      ports: 0,
      prepare: () => {
        const file = join(directory, 'rsyslog.conf');
        writeFileSync(file, `global(workDirectory="${directory}")\n${read('rsyslog/threadline.conf')}`);
        const { hostname, port } = new URL(collectorUrl);
        return {
          command: program('rsyslogd'),
          args: ['-n', '-f', file, '-i', join(directory, 'pid')],
          environment: {
            ...{ COLLECTOR_HOST: hostname, COLLECTOR_PORT: port, THREADLINE_INGEST_KEY: ingestKey },
            ...{ GATEWAY_LOG_DIR: logDirectory, GATEWAY_SYSLOG_PORT: String(syslogPort) },
          },
        };
      },
      // A line that comes before it listens is lost.
      answers: async () => isUdpPortTaken(syslogPort),
      url: () => '',
    },
    { directory },
  );
}

export interface RsyslogPlace {
  readonly collectorUrl: string;
  readonly ingestKey: string;
  readonly logDirectory: string;
  readonly syslogPort: number;
}

/** A process of ours, and where it listens. */
export interface OwnProcess<Addresses> {
  readonly addresses: Addresses;
  stop(): Promise<void>;
}

/** The built collector. A port of an earlier one is given to have it back where that was. */
export async function startCollector(
  settings: Readonly<Record<string, string>>,
): Promise<OwnProcess<{ readonly otlpHttp: string; readonly ui: string }>> {
  const ports = { THREADLINE_OTLP_HTTP_PORT: '0', THREADLINE_OTLP_GRPC_PORT: '0', THREADLINE_UI_PORT: '0' };
  const command = [process.execPath, 'collector/dist/main.js'];
  const { ready, stop } = startContainerProcess(command, { directory: ROOT, environment: { ...ports, ...settings } });
  return { addresses: Object(await ready).addresses, stop };
}

/** The Express service of `service.mjs`, with the built SDK. */
export async function startService(settings: Readonly<Record<string, string>>): Promise<OwnProcess<{ readonly port: number }>> {
  const command = [process.execPath, '--import', './sdk/dist/register.js', fileURLToPath(new URL('service.mjs', import.meta.url))];
  const { ready, stop } = startContainerProcess(command, { directory: ROOT, environment: settings });
  return { addresses: Object(await ready), stop };
}

function program(name: string): string {
  const found = findProgram(name);
  if (found === undefined) throw new Error(`${name} is not on the PATH: install Debian's package of that name`);
  return found;
}

function read(file: string): string {
  return readFileSync(new URL(file, HERE), 'utf8');
}

function trusting(gateway: keyof typeof TRUST, configuration: string, believesNobody = false): string {
  const [delivered, strict] = TRUST[gateway];
  if (configuration.split(delivered).length !== 2) throw new Error(`${gateway}: expected "${delivered}" once in the configuration`);
  return believesNobody ? configuration.replace(delivered, strict) : configuration;
}

/** As Linux has it in a table, the port in hexadecimal digits. */
function isUdpPortTaken(port: number): boolean {
  return readFileSync('/proc/net/udp', 'latin1').includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000`);
}

/** A gateway is there once it answers anything: what is behind it may not be. */
async function answers(port: number): Promise<boolean> {
  return fetch(`http://${LOOPBACK}:${port}/`, { method: 'OPTIONS' }).then(
    () => true,
    () => false,
  );
}
