/** Unpacking a layer (OCI image-spec, layer.md): files, folders, links, whiteouts; nothing gets out of the folder. */
import { createWriteStream } from 'node:fs';
import { chmod, link, lstat, mkdir, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';

const gzip = Buffer.from([0x1f, 0x8b]);

/** Lays one layer, gzip or plain tar, over what is in `folder`. Throws where an entry would lie outside it. */
export async function unpackLayer(blob: Buffer, folder: string): Promise<void> {
  const root = await realpath(folder);
  const tar = extract();
  const source = Readable.from([blob]);
  const feeding = blob.subarray(0, 2).equals(gzip) ? pipeline(source, createGunzip(), tar) : pipeline(source, tar);
  const reading = (async () => {
    for await (const entry of tar) {
      await unpackEntry(entry.header, entry, root);
      entry.resume();
    }
  })();
  await Promise.all([feeding, reading]);
}

async function unpackEntry(header: Header, content: AsyncIterable<unknown>, folder: string): Promise<void> {
  const target = await inside(folder, header.name);
  if (target === folder) return;
  const name = target.slice(target.lastIndexOf(sep) + 1);
  if (name === '.wh..wh..opq') return clear(dirname(target));
  if (name.startsWith('.wh.')) return rm(hidden(header.name, target), { recursive: true, force: true });
  if (header.type === 'directory') {
    await replaceUnlessFolder(target);
    await mkdir(target, { recursive: true });
    return;
  }
  await rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  if (header.type === 'file' || header.type === 'contiguous-file') {
    await pipeline(content, createWriteStream(target, { mode: header.mode ?? 0o644 }));
    // Readable and writable for whoever runs the sandbox, whatever the image says.
    await chmod(target, (header.mode ?? 0o644) | 0o600);
  } else if (header.type === 'symlink') await symlink(linkTarget(header, target, folder), target);
  else if (header.type === 'link') await hardLink(await inside(folder, header.linkname ?? ''), target);
}

/** What a whiteout removes: a thing beside it. */
function hidden(entry: string, target: string): string {
  const name = basename(target).slice('.wh.'.length);
  if (['', '.', '..'].includes(name)) throw new Error(`layer entry ${JSON.stringify(entry)} leads out of the image`);
  return join(dirname(target), name);
}

/** A second name for a symbolic link lies elsewhere, so its text has to be another one to mean the same. */
async function hardLink(source: string, target: string): Promise<void> {
  const found = await lstat(source);
  if (!found.isSymbolicLink()) return link(source, target);
  await symlink(relative(dirname(target), resolve(dirname(source), await readlink(source))) || '.', target);
}

/** The place of a name in the folder, through the links on its way as an image's root would have them; throws where it is outside. */
async function inside(folder: string, name: string): Promise<string> {
  const out = new Error(`layer entry ${JSON.stringify(name)} leads out of the image`);
  const target = resolve(folder, `./${name.replace(/^\/+/, '')}`);
  if (!isWithin(folder, target)) throw out;
  if (target === folder) return folder;
  let step = folder;
  for (const part of relative(folder, dirname(target)).split(sep).filter(Boolean)) {
    step = join(step, part);
    const found = await lstat(step).catch(() => undefined);
    if (found?.isSymbolicLink()) step = await realpath(step);
    if (!isWithin(folder, step)) throw out;
  }
  return join(step, basename(target));
}

const isWithin = (folder: string, path: string): boolean => path === folder || path.startsWith(folder + sep);

// An absolute link of the image means the image's root: it is made relative, so that it never names a file of this machine.
function linkTarget({ linkname, name }: Header, target: string, folder: string): string {
  const text = linkname ?? '';
  const meant = text.startsWith('/') ? resolve(folder, `.${text}`) : resolve(dirname(target), text);
  if (meant !== folder && !meant.startsWith(folder + sep))
    throw new Error(`layer link ${JSON.stringify(name)} leads out of the image: ${text}`);
  return relative(dirname(target), meant) || '.';
}

async function replaceUnlessFolder(target: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined);
  if (found && !found.isDirectory()) await rm(target, { force: true });
}

async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) await rm(join(folder, name), { recursive: true, force: true });
}
