import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { type Entry, folderEntry, type Tree } from './context.ts';

/** A layer: the digest of its tar, and the compressed tar with its digest. */
export interface Layer {
  readonly tarDigest: string;
  readonly digest: string;
  readonly bytes: Buffer;
  /** How many files, folders and links it holds. */
  readonly count: number;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Writes a tree as a layer, with the folders above each entry, all owned by root, sorted by path. */
export async function layerOf(tree: Tree): Promise<Layer> {
  const whole = withParents(tree);
  const archive = pack();
  const tar = buffer(archive);
  for (const [path, entry] of [...whole].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const contents = entry.type === 'file' ? await entry.read() : undefined;
    const name = entry.type === 'directory' ? `${path}/` : path;
    const header = { name, type: entry.type, mode: entry.mode, mtime: entry.modified, uid: 0, gid: 0 };
    archive.entry(entry.target === undefined ? header : { ...header, linkname: entry.target }, contents ?? '');
  }
  archive.finalize();
  const bytes = await tar;
  const zipped = gzipSync(bytes);
  return { tarDigest: digestOf(bytes), digest: digestOf(zipped), bytes: zipped, count: whole.size };
}

/** Reads a layer back, for steps that come after it. */
export async function treeOf(zipped: Buffer): Promise<Tree> {
  const tree: Tree = new Map();
  const archive = extract();
  archive.end(gunzipSync(zipped));
  for await (const part of archive) {
    const { name, type, mode = 0o644, mtime = new Date(), linkname } = part.header;
    const contents = await buffer(part);
    const known = type === 'directory' || type === 'symlink' ? type : 'file';
    const entry: Entry = { type: known, mode, modified: mtime, read: async () => contents };
    tree.set(name.replace(/\/$/, ''), linkname === undefined || linkname === null ? entry : { ...entry, target: linkname });
  }
  return tree;
}

function withParents(tree: Tree): Tree {
  const whole: Tree = new Map(tree);
  for (const path of tree.keys()) {
    const parts = path.split('/').slice(0, -1);
    for (let length = parts.length; length > 0; length -= 1) {
      const parent = parts.slice(0, length).join('/');
      if (!whole.has(parent)) whole.set(parent, folderEntry());
    }
  }
  whole.delete('');
  return whole;
}
