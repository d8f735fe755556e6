import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startRegistry } from '../../src/registry/registry.ts';

export const docker = 'application/vnd.docker.distribution.manifest.v2+json';
export const oci = 'application/vnd.oci.image.manifest.v1+json';
export const index = 'application/vnd.oci.image.index.v1+json';
export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function started(t: ExecutionContext) {
  const registry = await startRegistry({ folder: await scratch(t) });
  t.teardown(() => registry.close());
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(path, registry.url), init);
  const upload = (repository: string, text: string): Promise<Response> =>
    ask(`/v2/${repository}/blobs/uploads/?digest=${digestOf(text)}`, { method: 'POST', body: text });
  const put = (path: string, manifest: object, type = docker): Promise<Response> =>
    ask(path, { method: 'PUT', body: JSON.stringify(manifest), headers: { 'content-type': type } });
  return { registry, ask, upload, put };
}

export const manifestOf = (config: string, layers: string[], mediaType = docker) => ({
  schemaVersion: 2,
  mediaType,
  config: { mediaType: 'application/json', digest: digestOf(config), size: config.length },
  layers: layers.map((layer) => ({ mediaType: 'application/octet-stream', digest: digestOf(layer), size: layer.length })),
});

export async function refusal(response: Response): Promise<string> {
  const body = (await response.json()) as { errors: [{ code: string; message: string; detail: unknown }] };
  return `${response.status} ${body.errors[0].code}`;
}
