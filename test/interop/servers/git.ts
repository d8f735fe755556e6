import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../fixtures/free-port.ts';
import { type Program, program } from './programs.ts';
import { isThere, listens, type Server, type Started, scratchFolder, start } from './start.ts';

const run = promisify(execFile);

/** Servers that pass requests to `git http-backend`, each in its own way. */
export const gitServers = {
  apache: { programs: ['apache2'], begin: apache },
  nginx: { programs: ['nginx', 'fcgiwrap'], begin: nginx },
  lighttpd: { programs: ['lighttpd'], begin: lighttpd },
} as const satisfies Record<string, { readonly programs: readonly Program[]; begin(place: Place): Promise<Started[]> }>;

export type GitServerName = keyof typeof gitServers;

export interface GitServerOptions {
  /** Holds the repositories. */
  readonly root: string;
  /** Passes on Git-Protocol, without which every client speaks version 0. True by default. */
  readonly passesProtocol?: boolean;
  /** Configuration of its git, such as `uploadpack.allowFilter`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Pushes are accepted from everybody. */
  readonly push?: boolean;
}

interface Place extends GitServerOptions {
  readonly folder: string;
  readonly port: number;
  readonly backend: string;
  /** Of git. */
  readonly env: Readonly<Record<string, string>>;
}

/** A git server on loopback: a real web server before `git http-backend`. */
export async function startGitServer(name: GitServerName, options: GitServerOptions): Promise<Server> {
  const { folder, remove } = await scratchFolder(name);
  const port = await freePort();
  const backend = join((await run('git', ['--exec-path'])).stdout.trim(), 'git-http-backend');
  const config = { 'safe.directory': '*', ...(options.push && { 'http.receivepack': 'true' }), ...options.config };
  const gitconfig = join(folder, 'gitconfig');
  await run('git', ['config', '--file', gitconfig, 'safe.directory', '*']);
  for (const [key, value] of Object.entries(config)) await run('git', ['config', '--file', gitconfig, key, value]);
  await readableByAll(folder, options.root);
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    GIT_PROJECT_ROOT: options.root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: gitconfig,
  };
  const started = await gitServers[name].begin({ passesProtocol: true, ...options, folder, port, backend, env });
  const stop = async () => {
    await Promise.all(started.map((one) => one.stop()));
    await remove();
  };
  const host = `127.0.0.1:${port}`;
  return { url: `http://${host}`, host, log: () => started.map((one) => one.log()).join('\n'), stop };
}

/** Apache does not run as root, so it reads and writes as somebody else. */
async function readableByAll(folder: string, root: string): Promise<void> {
  await chmod(folder, 0o777);
  await run('chmod', ['-R', 'a+rwX', root]);
}

async function apache({ folder, port, backend, env, passesProtocol }: Place): Promise<Started[]> {
  const modules = ['mpm_prefork', 'authz_core', 'cgi', 'alias', 'env', 'setenvif'];
  const file = join(folder, 'apache.conf');
  const isRoot = process.getuid?.() === 0;
  await writeFile(
    file,
    [
      `ServerRoot ${folder}`,
      'ServerName localhost',
      `Listen 127.0.0.1:${port}`,
      `PidFile ${folder}/pid`,
      `DefaultRuntimeDir ${folder}`,
      `ErrorLog ${folder}/error.log`,
      ...(isRoot ? ['User www-data', 'Group www-data'] : []),
      ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
      ...Object.entries(env).map(([key, value]) => `SetEnv ${key} "${value}"`),
      ...(passesProtocol
        ? ['SetEnvIf Git-Protocol ".*" GIT_PROTOCOL=$0']
        : ['SetEnvIf Git-Protocol ".*" GIT_PROTOCOL=', 'UnsetEnv HTTP_GIT_PROTOCOL']),
      `ScriptAlias / ${backend}/`,
      '<Directory />',
      'Require all granted',
      '</Directory>',
    ].join('\n'),
  );
  const started = start(await program('apache2'), ['-DFOREGROUND', '-f', file], { logFile: join(folder, 'error.log') });
  await listens(port, started);
  return [started];
}

async function nginx({ folder, port, backend, env, passesProtocol }: Place): Promise<Started[]> {
  const file = join(folder, 'nginx.conf');
  const socket = join(folder, 'fcgi.socket');
  for (const name of ['body', 'fastcgi', 'proxy', 'scgi', 'uwsgi']) await mkdir(join(folder, name));
  const temporary = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'].map(
    (name) => `${name}_temp_path ${folder}/${name.replace('client_', '')};`,
  );
  const parameters = {
    SCRIPT_FILENAME: backend,
    PATH_INFO: '$uri',
    QUERY_STRING: '$query_string',
    REQUEST_METHOD: '$request_method',
    CONTENT_TYPE: '$content_type',
    CONTENT_LENGTH: '$content_length',
    REMOTE_USER: '$remote_user',
    REMOTE_ADDR: '$remote_addr',
    GIT_PROTOCOL: passesProtocol ? '$http_git_protocol' : '""',
    HTTP_GIT_PROTOCOL: passesProtocol ? '$http_git_protocol' : '""',
    ...env,
  };
  await writeFile(
    file,
    [
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      'daemon off; worker_processes 1; error_log stderr;',
      `pid ${folder}/pid;`,
      'events {}',
      `http { access_log off; client_max_body_size 0; ${temporary.join(' ')}`,
      `server { listen 127.0.0.1:${port}; location / { fastcgi_pass unix:${socket};`,
      ...Object.entries(parameters).map(([key, value]) => `fastcgi_param ${key} ${value};`),
      '} } }',
    ].join('\n'),
  );
  const fcgi = start(await program('fcgiwrap'), ['-c', '4', '-s', `unix:${socket}`]);
  const started = start(await program('nginx'), ['-e', 'stderr', '-p', folder, '-c', file]);
  await listens(port, started);
  await isThere(socket, fcgi);
  return [started, fcgi];
}

async function lighttpd({ folder, port, backend, env, passesProtocol }: Place): Promise<Started[]> {
  const file = join(folder, 'lighttpd.conf');
  const environment = Object.entries(env).map(([key, value]) => `"${key}" => "${value}"`);
  await writeFile(
    file,
    [
      'server.modules = ("mod_alias", "mod_cgi", "mod_setenv")',
      `server.document-root = "${folder}"`,
      'server.bind = "127.0.0.1"',
      `server.port = ${port}`,
      `server.upload-dirs = ("${folder}")`,
      `alias.url = ("/" => "${backend}/")`,
      'cgi.assign = ("" => "")',
      `setenv.set-environment = (${environment.join(', ')})`,
      ...(passesProtocol ? [] : ['setenv.set-request-header = ("Git-Protocol" => "")']),
    ].join('\n'),
  );
  const started = start(await program('lighttpd'), ['-D', '-f', file]);
  await listens(port, started);
  return [started];
}
