import { createHash } from 'node:crypto';
import type { Log } from './log.ts';
import { within } from './within.ts';

/** The registry that images and cache layers go to. Errors and log lines are Makisu's. */
export interface Remote {
  pushLayer(digest: string, bytes: Buffer): Promise<void>;
  pushConfig(digest: string, bytes: Buffer): Promise<void>;
  pullLayer(digest: string): Promise<Buffer>;
  /** Undefined where the registry has no such tag or digest. */
  pullManifest(reference: string): Promise<Manifest | undefined>;
  manifestExists(tag: string): Promise<boolean>;
  pushManifest(tag: string, body: string, mediaType: string): Promise<void>;
}

/** An image's manifest as far as it matters here: what it is made of. */
interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

export interface RemoteOptions {
  /** The registry as the image's name says it. */
  readonly host: string;
  readonly repository: string;
  /** Where that registry answers. */
  readonly url: string;
  /** Whether the registry configuration turns TLS off for this repository; without that Makisu tries https first. */
  readonly plain: boolean;
  readonly log: Log;
}

const schema2 = 'application/vnd.docker.distribution.manifest.v2+json';

type Send = (method: string, path: string, accepted: readonly number[], init?: RequestInit) => Promise<Response>;

export function openRemote(options: RemoteOptions): Remote {
  const { repository } = options;
  const send = sender(options);
  const manifestPath = (tag: string): string => `/v2/${repository}/manifests/${tag}`;
  const push = (what: string) => (digest: string, bytes: Buffer) => pushBlob(what, digest, bytes, options, send);
  return {
    pushLayer: push('layer'),
    pushConfig: push('image config'),
    pullLayer: (digest) => pullBlob(digest, options, send),
    pullManifest: (reference) => pullManifest(manifestPath(reference), send),
    async manifestExists(tag) {
      const response = await send('HEAD', manifestPath(tag), [200, 404, 400]);
      return response.status === 200;
    },
    async pushManifest(tag, body, mediaType) {
      await send('PUT', manifestPath(tag), [200, 201], { body, headers: { 'content-type': mediaType } });
    },
  };
}

/** Where no registry stands in for the name, plain HTTP to the name itself. */
function sender({ host, url, plain, log }: RemoteOptions): Send {
  return async (method, path, accepted, init = {}) => {
    const shown = `${method[0]}${method.slice(1).toLowerCase()} "https://${host}${path}"`;
    if (plain) log.info('Client TLS is disabled');
    else log.warn(`Failed to send https request: ${shown}: http: server gave HTTP response to HTTPS client. Retrying with http...`);
    const response = await fetch(new URL(path, url), { method, signal: AbortSignal.timeout(60_000), ...init }).catch((error: Error) => {
      throw new Error(`network error: ${shown.replace('https:', 'http:')}: ${reasonOf(error)}`);
    });
    if (accepted.includes(response.status)) {
      if (method !== 'GET') await response.body?.cancel();
      return response;
    }
    throw new Error(`${method} http://${host}${path} ${response.status}: ${await response.text()}`);
  };
}

/** Why a connection failed, in Go's words where they are known. */
function reasonOf(error: Error): string {
  const { code, message, address, port, hostname } = (error.cause ?? error) as Error & Record<string, unknown>;
  if (code === 'ECONNREFUSED') return `dial tcp ${address ?? ''}:${port ?? ''}: connect: connection refused`;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostname}: no such host`;
  return message;
}

async function pushBlob(what: string, digest: string, bytes: Buffer, { host, repository, log }: RemoteOptions, send: Send): Promise<void> {
  const place = `check layer exists: ${host}/${repository} (${digest}): check manifest exists`;
  const there = await within(place, () => send('HEAD', `/v2/${repository}/blobs/${digest}`, [200, 404]));
  if (there.status === 200) return log.info(`* Skipped pushing existing ${what} ${repository}:${digest}`);
  const started = await within('send start push layer request', () => send('POST', `/v2/${repository}/blobs/uploads/`, [202]));
  log.info(`* Started pushing ${what} ${digest}`);
  const headers = { 'content-type': 'application/octet-stream', 'content-range': `0-${bytes.length - 1}` };
  const chunk = { body: new Uint8Array(bytes), headers };
  const sent = await within(`push layer content ${digest}: push layer chunk: send push chunk request`, () =>
    send('PATCH', pathOf(started), [201, 202, 204], chunk),
  );
  const end = pathOf(sent);
  const commit = `${end}${end.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
  await within(`commit layer push ${digest}: commit`, () => send('PUT', commit, [201, 204]));
  log.info(`* Finished pushing ${what} ${digest}`);
}

async function pullManifest(path: string, send: Send): Promise<Manifest | undefined> {
  const response = await send('GET', path, [200, 404, 400], { headers: { accept: schema2 } });
  const type = response.headers.get('content-type');
  if (response.status === 200 && type === schema2) return (await response.json()) as Manifest;
  await response.body?.cancel();
  if (response.status === 200) throw new Error(`pull manifest: unmarshal distribution manifest: unsupported manifest mediatype: ${type}`);
  return undefined;
}

async function pullBlob(digest: string, { host, repository, log }: RemoteOptions, send: Send): Promise<Buffer> {
  log.info(`* Started pulling layer ${host}/${repository}:${digest}`);
  const response = await send('GET', `/v2/${repository}/blobs/${digest}`, [200]);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` !== digest)
    throw new Error('save layer file: layer digest did not match');
  log.info(`* Finished pulling layer ${repository}:${digest.replace('sha256:', '')}`);
  return bytes;
}

function pathOf(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error('empty layer upload URL');
  if (!URL.canParse(location)) {
    const patch = (place: string) => `Patch "${place}${location}"`;
    throw new Error(
      `network error: failed to fallback from https to http, original https error: ${patch('')}: unsupported protocol scheme "",\n` +
        `fallback http error: ${patch('http://')}: http: no Host in request URL`,
    );
  }
  const { pathname, search } = new URL(location);
  return `${pathname}${search}`;
}
