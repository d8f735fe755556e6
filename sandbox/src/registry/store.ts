import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Algorithm, hexOf } from './names.ts';

/**
 * The files of the registry. Contents lie once in `blobs/<hex>`; a repository owns what it links:
 *
 *     blobs/<hex>                            contents of layers, configs and manifests
 *     uploads/<id>                           what has come of an upload so far
 *     repositories/<name>/_blobs/<hex>       the repository has this blob
 *     repositories/<name>/_manifests/<hex>   … this manifest; the file holds its media type
 *     repositories/<name>/_tags/<tag>        the file holds the digest
 *     repositories/<name>/_referrers/<hex of the subject>/<hex of a manifest that refers to it>
 *
 * No part of a repository's name starts with an underscore, so the folders cannot meet. Every file appears by rename.
 */
export interface Store {
  blobPath(digest: string): string;
  uploadPath(id: string): string;
  repositoryPath(repository: string, ...rest: string[]): string;
  /** Writes a small file whole or not at all. */
  put(path: string, contents: string | Uint8Array): Promise<void>;
  /** Moves a finished upload among the blobs. */
  adopt(upload: string, digest: string): Promise<void>;
}

export async function openStore(folder: string): Promise<Store> {
  for (const part of ['blobs', 'uploads', 'repositories']) await mkdir(join(folder, part), { recursive: true });
  const store: Store = {
    blobPath: (digest) => join(folder, 'blobs', hexOf(digest)),
    uploadPath: (id) => join(folder, 'uploads', id),
    repositoryPath: (repository, ...rest) => join(folder, 'repositories', repository, ...rest),
    async put(path, contents) {
      await mkdir(dirname(path), { recursive: true });
      const beside = join(folder, 'uploads', randomUUID());
      await writeFile(beside, contents);
      await rename(beside, path);
    },
    adopt: (upload, digest) => rename(upload, store.blobPath(digest)),
  };
  return store;
}

/** The digest of a file, read as a stream. */
export async function digestOfFile(path: string, algorithm: Algorithm): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `${algorithm}:${hash.digest('hex')}`;
}

export const digestOfBytes = (bytes: Uint8Array, algorithm: Algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

const missing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (missing(error)) return undefined;
    throw error;
  }
}

/** The size of a file in bytes, undefined where there is none. */
export const sizeOf = async (path: string): Promise<number | undefined> => (await orUndefined(stat(path)))?.size;
export const textOf = (path: string): Promise<string | undefined> => orUndefined(readFile(path, 'utf8'));
export const bytesOf = (path: string): Promise<Buffer | undefined> => orUndefined(readFile(path));
export const namesIn = async (path: string): Promise<string[]> => ((await orUndefined(readdir(path))) ?? []).sort();

/** Removes a file; false where there was none. */
export async function removed(path: string): Promise<boolean> {
  const there = (await sizeOf(path)) !== undefined;
  if (there) await rm(path, { recursive: true, force: true });
  return there;
}

/** All repositories, by walking the folders down to the ones that hold something. */
export async function repositoriesIn(store: Store, below = ''): Promise<string[]> {
  const names: string[] = [];
  for (const name of await namesIn(store.repositoryPath(below))) {
    if (!name.startsWith('_')) names.push(...(await repositoriesIn(store, below === '' ? name : `${below}/${name}`)));
    else if (!names.includes(below)) names.push(below);
  }
  return names.sort();
}
