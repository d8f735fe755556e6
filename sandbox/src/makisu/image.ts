import { createHash } from 'node:crypto';
import type { Built } from './plan.ts';
import { layersOf } from './step.ts';

/** The image as it is pushed: Docker's schema 2. */
export interface Image {
  readonly config: { readonly digest: string; readonly bytes: Buffer };
  readonly layers: readonly { readonly digest: string; readonly bytes: Buffer }[];
  readonly manifest: string;
  readonly mediaType: string;
  /** The sum of the compressed layers in bytes. */
  readonly size: number;
}

const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';

export function imageOf({ config: settings, history, steps }: Built): Image {
  const layers = steps.flatMap(layersOf);
  const rootfs = { type: 'layers', diff_ids: layers.map(({ tarDigest }) => tarDigest) };
  const created = new Date().toISOString();
  const bytes = Buffer.from(JSON.stringify({ architecture: 'amd64', config: settings, created, history, os: 'linux', rootfs }));
  const config = { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes };
  const descriptor = (type: string, part: { digest: string; bytes: Buffer }): object => ({
    mediaType: type,
    size: part.bytes.length,
    digest: part.digest,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: descriptor('application/vnd.docker.container.image.v1+json', config),
    layers: layers.map((layer) => descriptor('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)),
  };
  const size = layers.reduce((sum, layer) => sum + layer.bytes.length, 0);
  return { config, layers, manifest: JSON.stringify(manifest, null, 3), mediaType, size };
}
