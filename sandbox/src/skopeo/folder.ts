import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';

/** The transport `dir`: a file for the manifest, and one for each blob. */
export function openFolder(name: string): Place {
  const folder = name.slice('dir:'.length);
  const read = (file: string) => readFile(join(folder, file));
  const readOnly = async (): Promise<never> => {
    throw new Error('the sandbox only reads from dir:');
  };
  return {
    name,
    async manifest() {
      const body = await read('manifest.json').catch(() => {
        throw new Error(`initializing source ${name}: open ${join(folder, 'manifest.json')}: no such file or directory`);
      });
      return { body, mediaType: String(JSON.parse(body.toString('utf8')).mediaType) };
    },
    blob: (digest) => read(digest.replace('sha256:', '')),
    has: readOnly,
    putBlob: readOnly,
    putManifest: readOnly,
  };
}
