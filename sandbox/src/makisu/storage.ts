import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where layers lie that were built or pulled, named by the hexadecimal part of their digest. */
export interface LayerStore {
  has(hex: string): Promise<Buffer | undefined>;
  keep(hex: string, bytes: Buffer): Promise<void>;
}

export async function openLayers(folder: string): Promise<LayerStore> {
  await mkdir(folder, { recursive: true });
  return {
    has: (hex) => readFile(join(folder, hex, 'data')).catch(() => undefined),
    keep: (hex, bytes) => keep(join(folder, hex), bytes),
  };
}

/** Where Makisu's storage has layers and configurations. */
export const layersIn = (storage: string): string => join(storage, 'layer_tar', 'cache');

/** Keeps the manifest of an image, as Makisu's storage has it. */
export async function keepManifest(storage: string, { repository, tag }: { repository: string; tag: string }, text: string): Promise<void> {
  await keep(join(storage, 'manifest', 'cache', Buffer.from(`${repository}/${tag}`).toString('base64')), text);
}

async function keep(folder: string, contents: string | Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  await whole(join(folder, 'data'), contents);
}

/** What a cache ID stands for: `<hex of the tar>,<hex of the layer>` or MAKISU_CACHE_EMPTY. */
export interface IdStore {
  get(id: string): Promise<string | undefined>;
  put(id: string, entry: string): Promise<void>;
}

export async function openIds(folder: string): Promise<IdStore> {
  await mkdir(folder, { recursive: true });
  const path = (id: string): string => join(folder, `makisu_builder_cache_${id}`);
  return {
    get: (id) => readFile(path(id), 'utf8').catch(() => undefined),
    put: (id, entry) => whole(path(id), entry),
  };
}

async function whole(path: string, contents: string | Buffer): Promise<void> {
  const beside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(beside, contents);
  await rename(beside, path);
}
