import { readFileSync } from 'node:fs';
import { digestOf, type Place, type PlaceOptions } from './place.ts';

const accepted = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

type Send = (method: string, path: string, init?: RequestInit) => Promise<Response>;

/** The transport `docker`: an image in a registry, by tag or digest. */
export function openRegistry(name: string, options: PlaceOptions): Place {
  const [, host = '', repository = '', tag, digest] =
    /^docker:\/\/([^/]+)\/([^@]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(name) ?? [];
  if (repository === '') throw new Error(`Invalid image name "${name}", expected colon-separated transport:reference`);
  const send = sender(host, options);
  const place = `${host}/${repository}`;
  const own = digest ?? tag ?? 'latest';
  return {
    name,
    async manifest(child) {
      const response = await send('GET', `/v2/${repository}/manifests/${child ?? own}`, { headers: { accept: accepted } });
      const body = Buffer.from(await response.arrayBuffer());
      const at = `reading manifest ${child ?? own} in ${place}`;
      if (!response.ok) throw new Error(`${child ? '' : `initializing source ${name}: `}${at}: ${refusal(response, body)}`);
      const wanted = child ?? digest;
      if (wanted && digestOf(body) !== wanted) throw new Error(`${at}: manifest does not match provided manifest digest ${wanted}`);
      return { body, mediaType: response.headers.get('content-type') ?? '' };
    },
    async blob(wanted) {
      const response = await send('GET', `/v2/${repository}/blobs/${wanted}`);
      const body = Buffer.from(await response.arrayBuffer());
      if (!response.ok) throw new Error(`reading blob ${wanted}: fetching blob: ${refusal(response, body)}`);
      return body;
    },
    async has(wanted) {
      const response = await send('HEAD', `/v2/${repository}/blobs/${wanted}`);
      if (response.ok || response.status === 404) return response.ok;
      throw new Error(`checking whether a blob ${wanted} exists in ${place}: ${refusal(response)}`);
    },
    putBlob: (wanted, bytes) => upload(send, { repository, host, digest: wanted, bytes }),
    async putManifest({ body, mediaType }, child) {
      const headers = { 'content-type': mediaType };
      const reference = child ?? own;
      const response = await send('PUT', `/v2/${repository}/manifests/${reference}`, { headers, body: new Uint8Array(body) });
      const answered = Buffer.from(await response.arrayBuffer());
      if (!response.ok) throw new Error(`writing manifest: uploading manifest ${reference} to ${place}: ${refusal(response, answered)}`);
    },
  };
}

interface Upload {
  readonly repository: string;
  readonly host: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

async function upload(send: Send, { repository, host, digest, bytes }: Upload): Promise<void> {
  const path = `/v2/${repository}/blobs/uploads/`;
  const begun = await send('POST', path);
  const answered = Buffer.from(await begun.arrayBuffer());
  if (begun.status !== 202) throw new Error(`writing blob: initiating layer upload to ${path} in ${host}: ${refusal(begun, answered)}`);
  const sent = await send('PATCH', locationOf(begun), {
    body: new Uint8Array(bytes),
    headers: { 'content-type': 'application/octet-stream' },
  });
  await sent.body?.cancel();
  if (!sent.ok)
    throw new Error(`writing blob: uploading layer chunked: received unexpected HTTP status: ${sent.status} ${sent.statusText}`);
  const end = locationOf(sent);
  const done = await send('PUT', `${end}${end.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`);
  await done.body?.cancel();
  if (!done.ok)
    throw new Error(`writing blob: uploading layer to ${end}: received unexpected HTTP status: ${done.status} ${done.statusText}`);
}

/** Absolute or relative, as the specification allows. */
function locationOf(response: Response): string {
  const { pathname, search } = new URL(response.headers.get('location') ?? '', response.url);
  return `${pathname}${search}`;
}

function sender(host: string, { registries, plain, authFile }: PlaceOptions): Send {
  const url = registries[host] ?? `${plain ? 'http' : 'https'}://${host}`;
  const authorization = loginFor(host, authFile);
  return async (method, path, init = {}) => {
    if (url.startsWith('http:') && !plain)
      throw new Error(`pinging container registry ${host}: Get "https://${host}/v2/": http: server gave HTTP response to HTTPS client`);
    const ask = (headers: object) => fetch(new URL(path, url), { ...init, method, headers: { ...init.headers, ...headers } });
    try {
      const response = await ask({});
      const isBasic = response.status === 401 && /^basic /i.test(response.headers.get('www-authenticate') ?? '');
      return isBasic && authorization ? await ask({ authorization }) : response;
    } catch (error) {
      const { message } = (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
      const why = message.includes('ECONNREFUSED') ? `dial tcp ${host}: connect: connection refused` : message;
      throw new Error(`pinging container registry ${host}: Get "${new URL('/v2/', url).href}": ${why}`);
    }
  };
}

function loginFor(host: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const { auths = {} } = JSON.parse(readFileSync(file, 'utf8')) as { auths?: Record<string, { auth?: string }> };
  const { auth } = auths[host] ?? {};
  return auth && `Basic ${auth}`;
}

/** The first error of the body as Go's client words it: code, then message. */
function refusal(response: Response, body: Buffer = Buffer.alloc(0)): string {
  if (response.status === 401) return 'unauthorized: authentication required';
  try {
    const [{ code, message }] = (JSON.parse(body.toString('utf8')) as { errors: [{ code: string; message: string }] }).errors;
    return `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`;
  } catch {
    return `received unexpected HTTP status: ${response.status} ${response.statusText}`;
  }
}
