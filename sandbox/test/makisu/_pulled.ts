import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { World } from './_player.ts';

interface Manifest {
  config: { digest: string };
  layers: { digest: string; size: number }[];
}

interface Config {
  config: Record<string, unknown>;
  rootfs: { diff_ids: string[] };
  history: { created_by: string }[];
}

/** What a client of the registry sees of an image: its configuration, and the entries of its layers by path. */
export async function pulled({ registry }: World, repository: string, tag: string) {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const get = (path: string): Promise<Response> => fetch(`${registry.url}/v2/${repository}/${path}`, { headers: { accept } });
  const answer = await get(`manifests/${tag}`);
  const digest = answer.headers.get('docker-content-digest') ?? '';
  const manifest = (await answer.json()) as Manifest;
  const config = (await (await get(`blobs/${manifest.config.digest}`)).json()) as Config;
  const entries = new Map<string, string>();
  const diffIds: string[] = [];
  for (const layer of manifest.layers) {
    const tar = gunzipSync(Buffer.from(await (await get(`blobs/${layer.digest}`)).arrayBuffer()));
    diffIds.push(`sha256:${createHash('sha256').update(tar).digest('hex')}`);
    const archive = extract();
    archive.end(tar);
    for await (const part of archive) {
      const { name, type, linkname, mode = 0, uid, gid } = part.header;
      const contents = (await buffer(part)).toString('utf8');
      entries.set(name, type === 'file' ? `${mode.toString(8)} ${uid}:${gid} ${contents}` : (linkname ?? type ?? ''));
    }
  }
  return { digest, manifest, config, diffIds, entries: Object.fromEntries(entries) };
}
