import { findManifest } from './manifests.ts';
import { namesIn, repositoriesIn, type Store } from './store.ts';

/** One tag of one repository, as the page shows it. */
export interface StoredImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly mediaType: string;
  /** The sum of config and layers in bytes, compressed; 0 for an index. */
  readonly size: number;
}

export async function storedImages(store: Store): Promise<StoredImage[]> {
  const images: StoredImage[] = [];
  for (const repository of await repositoriesIn(store)) {
    for (const tag of await namesIn(store.repositoryPath(repository, '_tags'))) {
      const found = await findManifest(store, repository, tag);
      if (found === undefined) continue;
      images.push({ repository, tag, digest: found.digest, mediaType: found.mediaType, size: sizeIn(found.bytes) });
    }
  }
  return images;
}

function sizeIn(manifest: Buffer): number {
  const { config, layers = [] } = JSON.parse(manifest.toString('utf8')) as { config?: { size: number }; layers?: { size: number }[] };
  return [config, ...layers].reduce((sum, part) => sum + (part?.size ?? 0), 0);
}
