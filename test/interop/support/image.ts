import { createHash } from 'node:crypto';

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });

/** Pushes an image of one layer, as the distribution specification has it ("Pushing a blob monolithically"). */
export async function pushImage(url: string, repository: string, tag: string, headers: Record<string, string> = {}) {
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }));
  const layer = Buffer.from(`the layer of ${repository}:${tag}`);
  for (const blob of [config, layer]) await pushBlob(url, repository, blob, headers);
  const manifest = {
    schemaVersion: 2,
    mediaType: ociManifest,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  };
  const pushed = await pushManifest(url, `${repository}/manifests/${tag}`, { manifest, mediaType: ociManifest, headers });
  return { ...pushed, config: manifest.config };
}

export async function pushBlob(url: string, repository: string, blob: Buffer, headers: Record<string, string> = {}): Promise<void> {
  const begun = await accepted(fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers }));
  const location = new URL(begun.headers.get('location') ?? '', url);
  location.searchParams.set('digest', digestOf(blob));
  await accepted(
    fetch(location, { method: 'PUT', headers: { ...headers, 'content-type': 'application/octet-stream' }, body: new Uint8Array(blob) }),
  );
}

interface Pushed {
  readonly manifest: object;
  readonly mediaType: string;
  readonly headers?: Record<string, string>;
}

/** @param at `<repository>/manifests/<tag>` */
export async function pushManifest(
  url: string,
  at: string,
  { manifest, mediaType, headers = {} }: Pushed,
): Promise<{ digest: string; size: number; mediaType: string }> {
  const body = JSON.stringify(manifest);
  await accepted(fetch(`${url}/v2/${at}`, { method: 'PUT', headers: { ...headers, 'content-type': mediaType }, body }));
  return { digest: digestOf(Buffer.from(body)), size: Buffer.byteLength(body), mediaType };
}

async function accepted(asked: Promise<Response>): Promise<Response> {
  const answer = await asked;
  if (!answer.ok) throw new Error(`${answer.url} ${answer.status}: ${await answer.text()}`);
  return answer;
}
