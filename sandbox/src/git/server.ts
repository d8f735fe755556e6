import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { fromPage } from '../from-page.ts';
import { plainEnvironment } from './run-git.ts';

export interface GitServerOptions {
  /** Holds bare repositories; `/team/app` and `/team/app.git` both lead to `team/app.git` or `team/app` in it. */
  readonly folder: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Added to the environment of git, such as another PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets one line for each request that was answered. */
  readonly log?: (line: string) => void;
}

/** An answer in place of git's own. */
interface GitRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GitServer {
  readonly url: string;
  /** How many requests have come. */
  asked(): number;
  /** Answers every request so from now on; nothing: as git does. */
  refuse(how?: GitRefusal): void;
  close(): Promise<void>;
}

/** Any commit may be fetched by its hash, and fetches may leave trees and files out. */
const served = ['-c', 'uploadpack.allowAnySHA1InWant=true', '-c', 'uploadpack.allowFilter=true', '-c', 'safe.directory=*'];

/** Serves bare repositories for clone and fetch over smart HTTP, protocol 0 to 2; pushing is refused. */
export async function startGitServer({ folder, port = 0, host = '127.0.0.1', env = {}, log }: GitServerOptions): Promise<GitServer> {
  let asked = 0;
  let refusal: GitRefusal | undefined;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    asked += 1;
    response.once('close', () => log?.(`${request.method} ${request.url} ${response.statusCode}`));
    const reason = fromPage(request, host);
    if (reason) return refuse(response, 403, reason);
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end();
    answer(folder, env, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'git did not answer');
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    refuse: (how) => {
      refusal = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  folder: string,
  env: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://git');
  const [, name = '', action = ''] = /^\/(.+?)\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(url.pathname) ?? [];
  const service = action === 'info/refs' ? url.searchParams.get('service') : action;
  if (service === 'git-receive-pack') return refuse(response, 403, 'this server is read only');
  const repository = await findRepository(folder, name);
  if (repository === undefined || service !== 'git-upload-pack') return refuse(response, 404, 'repository not found');
  if (request.method !== (action === 'info/refs' ? 'GET' : 'POST')) return refuse(response, 405, 'method not allowed');
  if (action !== 'info/refs' && request.headers['content-type'] !== `application/x-${action}-request`) {
    return refuse(response, 415, 'unsupported media type');
  }
  const protocol = String(request.headers['git-protocol'] ?? '');
  const whole = { ...plainEnvironment, ...env, GIT_PROTOCOL: protocol };
  if (action === 'info/refs') await advertise(repository, whole, response);
  else await uploadPack(repository, whole, request, response);
}

/** The first answer: which refs there are, or in protocol 2 what the server can do. */
async function advertise(repository: string, env: Readonly<Record<string, string>>, response: ServerResponse): Promise<void> {
  const child = spawn('git', [...served, 'upload-pack', '--stateless-rpc', '--advertise-refs', repository], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  response.writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-advertisement', 'Cache-Control': 'no-cache' });
  if (!env.GIT_PROTOCOL?.includes('version=2')) response.write('001e# service=git-upload-pack\n0000');
  await pipeline(child.stdout, response);
}

async function uploadPack(
  repository: string,
  env: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const child = spawn('git', [...served, 'upload-pack', '--stateless-rpc', repository], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  response.once('close', () => child.kill());
  response.writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-result', 'Cache-Control': 'no-cache' });
  const unzip = request.headers['content-encoding'] === 'gzip' ? [createGunzip()] : [];
  // git ends before it has read all where the client asks for what is not there; its answer is what counts.
  pipeline([request, ...unzip, child.stdin]).catch(() => {});
  await pipeline(child.stdout, response);
}

/** The folder of a repository, undefined where there is none; names that lead elsewhere name none. */
async function findRepository(folder: string, name: string): Promise<string | undefined> {
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name)) return undefined;
  for (const path of [join(folder, `${name.replace(/\.git$/, '')}.git`), join(folder, name)]) {
    const head = await stat(join(path, 'HEAD')).catch(() => undefined);
    if (head?.isFile()) return path;
  }
  return undefined;
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${reason}\n`);
}
