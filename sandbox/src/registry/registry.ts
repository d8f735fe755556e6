import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromPage } from '../from-page.ts';
import { blob, startUpload, upload } from './blobs.ts';
import { RegistryError } from './errors.ts';
import { RegistryFaults } from './faults.ts';
import { answerJson, type Call } from './http.ts';
import { type StoredImage, storedImages } from './images.ts';
import { catalog, tagList } from './lists.ts';
import { manifest } from './manifests.ts';
import { repositoryName } from './names.ts';
import { referrers } from './referrers.ts';
import { openStore, type Store } from './store.ts';

export interface RegistryOptions {
  /** Where the images lie; a registry that is started again over the same folder has them all. */
  readonly folder: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Gets one line for each request that was answered. */
  readonly log?: (line: string) => void;
}

export interface Registry {
  readonly url: string;
  /** `host:port`, as image names say it. */
  readonly host: string;
  readonly faults: RegistryFaults;
  /** Every tag with its manifest, sorted by name. */
  images(): Promise<readonly StoredImage[]>;
  close(): Promise<void>;
}

/** Starts an image registry (Docker Registry HTTP API v2, OCI distribution 1.1) over a folder: plain HTTP, no password. */
export async function startRegistry({ folder, port = 0, host = '127.0.0.1', log }: RegistryOptions): Promise<Registry> {
  const store = await openStore(folder);
  const faults = new RegistryFaults();
  const server = createServer((request, response) => {
    if (!faults.take(`${request.method} ${request.url}`, response)) void serve(store, request, response, log);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = `${host}:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${address}`,
    host: address,
    faults,
    images: () => storedImages(store),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(store: Store, request: IncomingMessage, response: ServerResponse, log?: (line: string) => void): Promise<void> {
  const origin = `http://${request.headers.host ?? 'localhost'}`;
  const url = new URL(request.url ?? '/', 'http://registry');
  const call: Call = { store, request, response, method: request.method ?? 'GET', query: url.searchParams, origin };
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  try {
    const reason = fromPage(request);
    if (reason) throw new RegistryError('DENIED', reason);
    await route(call, decoded(url.pathname));
  } catch (error) {
    refuse(call, error);
  }
  log?.(`${call.method} ${request.url} ${response.statusCode}`);
}

/** Some clients escape the colon of a digest. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RegistryError('NAME_INVALID', { path });
  }
}

/** A repository's name has slashes itself, so a path is read from its end. */
async function route(call: Call, path: string): Promise<void> {
  if (path === '/v2/' || path === '/v2') return answerJson(call, 200, {});
  if (path === '/v2/_catalog') return catalog(call);
  const parts = path.split('/');
  const at = parts.findLastIndex(
    (part, index) => index > 2 && index < parts.length - 1 && ['blobs', 'manifests', 'tags', 'referrers'].includes(part),
  );
  const [name = '', kind = '', rest = ''] = at < 0 ? [] : [parts.slice(2, at).join('/'), parts[at], parts.slice(at + 1).join('/')];
  const repository = repositoryName(name);
  if (kind === 'tags' && rest === 'list') return tagList(call, repository);
  if (kind === 'manifests') return manifest(call, repository, rest);
  if (kind === 'referrers') return referrers(call, repository, rest);
  if (kind === 'blobs' && rest.startsWith('uploads')) {
    const id = rest.slice('uploads/'.length);
    return id === '' ? startUpload(call, repository) : upload(call, repository, id);
  }
  if (kind === 'blobs') return blob(call, repository, rest);
  throw new RegistryError('UNSUPPORTED');
}

function refuse(call: Call, error: unknown): void {
  if (call.response.headersSent) return void call.response.destroy();
  const known = error instanceof RegistryError ? error : new RegistryError('UNKNOWN', String(error));
  // The rest of a body that was not read would be taken for the next request.
  if (!call.request.complete) call.response.setHeader('Connection', 'close');
  answerJson(call, known.status, known);
}
