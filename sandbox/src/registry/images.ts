import { findManifest } from './manifests.ts';
import { namesIn, repositoriesIn, type Store } from './store.ts';

/** One tag of one repository. */
export interface StoredImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

export async function storedImages(store: Store): Promise<StoredImage[]> {
  const images: StoredImage[] = [];
  for (const repository of await repositoriesIn(store)) {
    for (const tag of await namesIn(store.repositoryPath(repository, '_tags'))) {
      const found = await findManifest(store, repository, tag);
      if (found === undefined) continue;
      images.push({ repository, tag, digest: found.digest });
    }
  }
  return images;
}
