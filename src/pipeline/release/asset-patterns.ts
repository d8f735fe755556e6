import { posix } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { assetName, mostAssetBytes } from '../../core/text/fields.ts';

/** A file of the workspace that a pattern matches. */
export interface Found {
  /** Relative to `source`, as the pattern matched it. */
  readonly path: string;
  /** Its real path in the container, with links resolved. */
  readonly place: string;
  readonly bytes: number;
  /** Its name as an asset. */
  readonly name: string;
}

export const maxAssets = 100;

/**
 * Rejects patterns that are not paths below the source. Wildcards are those of the shell: `*`, `?` and `[…]`, none of which matches a
 * slash or the leading dot of a hidden file.
 * @throws UserError
 */
export function checkPatterns(patterns: readonly string[]): void {
  for (const pattern of patterns) {
    const why = mistakeIn(pattern);
    if (why) throw new UserError(`The asset pattern ${shown(pattern)} ${why}. Write a path inside the source, such as bin/*.`);
  }
}

function mistakeIn(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'is empty';
  if (pattern.startsWith('/')) return 'starts with a slash';
  if (pattern.split('/').includes('..')) return 'contains ..';
  if (/[\\\p{Cc}]/u.test(pattern)) return 'has a backslash or a control character';
  return undefined;
}

type Kind = 'file' | 'directory' | 'outside' | 'broken' | 'other';

interface Entry {
  readonly pattern: number;
  readonly path: string;
  readonly place: string;
  readonly kind: Kind;
  readonly bytes: number;
}

/**
 * The files in a listing, without duplicates, in the order of the patterns.
 * @param output five NUL-terminated fields for each match: index of the pattern, path, real path, kind, size
 * @throws UserError if a pattern matches no file, a link leads out of the workspace, or GitHub would not accept the files
 */
export function foundIn(output: Buffer, patterns: readonly string[]): Found[] {
  const entries = entriesOf(output);
  const strange = entries.find(({ kind }) => kind === 'outside');
  if (strange) throw new UserError(`${shown(strange.path)} leads out of the workspace. Make it a regular file, or narrow the pattern.`);
  for (const [index, pattern] of patterns.entries()) {
    const own = entries.filter((entry) => entry.pattern === index);
    if (!own.some(({ kind }) => kind === 'file')) throw new UserError(nothing(pattern, own));
  }
  const files = entries.filter(({ kind }) => kind === 'file');
  const once = [...new Map(files.map((file) => [file.path, file])).values()];
  if (once.length > maxAssets)
    throw new UserError(`More than ${maxAssets} files match. Narrow the patterns, or pack them into an archive.`);
  const found = once.map(({ path, place, bytes }) => ({ path, place, bytes, name: assetName(posix.basename(path)) }));
  for (const file of found) checkFile(file);
  checkNames(found);
  return found;
}

function entriesOf(output: Buffer): Entry[] {
  const fields = splitAtZero(output);
  return Array.from({ length: fields.length / 5 }, (_, index) => {
    const [pattern = '', path = '', place = '', kind = '', size = ''] = fields.slice(index * 5, index * 5 + 5);
    return { pattern: Number(pattern), path: path.replace(/^\.\//, ''), place, kind: kind as Kind, bytes: Number(size) };
  });
}

function splitAtZero(output: Buffer): string[] {
  const fields: string[] = [];
  for (let from = 0, at = output.indexOf(0); at >= 0; from = at + 1, at = output.indexOf(0, from)) {
    const field = output.subarray(from, at);
    const text = field.toString('utf8');
    // Commands are text, so such a file could not be read.
    if (!Buffer.from(text).equals(field)) throw new UserError(`The name ${shown(text)} is not UTF-8. Rename the file.`);
    fields.push(text);
  }
  return fields;
}

function nothing(pattern: string, matches: readonly Entry[]): string {
  const [other] = matches;
  const next = 'Check what the stages of the run leave in $WORKSPACE/source, and correct the pattern.';
  if (!other) return `No file matches ${shown(pattern)}. ${next}`;
  const words: Readonly<Record<string, string>> = { directory: 'a directory', broken: 'a broken link' };
  return `No file matches ${shown(pattern)}: ${shown(other.path)} is ${words[other.kind] ?? 'not a regular file'}. ${next}`;
}

function checkFile({ path, place, bytes }: Found): void {
  // GNU tar takes it for an escape sequence, busybox does not.
  if (place.includes('\\'))
    throw new UserError(`The name ${shown(path)} contains a backslash, which tar may misinterpret. Rename the file.`);
  if (bytes === 0)
    throw new UserError(`${shown(path)} is empty, and GitHub does not accept empty files. Exclude it from the patterns, or fill it.`);
  if (bytes >= mostAssetBytes)
    throw new UserError(`${shown(path)} has ${bytes} bytes; GitHub accepts less than 2 GiB. Split or compress it.`);
}

function checkNames(files: readonly Found[]): void {
  const byName = new Map<string, Found>();
  for (const file of files) {
    const other = byName.get(file.name);
    if (other)
      throw new UserError(`${shown(other.path)} and ${shown(file.path)} would both be called ${shown(file.name)}. Rename one of them.`);
    byName.set(file.name, file);
  }
}

/** A note for people if the asset's name differs from the file's own. */
export function renaming({ path, name }: { readonly path: string; readonly name: string }): string | undefined {
  return posix.basename(path) === name ? undefined : `${shown(posix.basename(path))} is called ${name} on GitHub`;
}

/** The checksum file for `sha256sum -c`. */
export function checksumsFile(assets: readonly { readonly name: string; readonly sha256: string }[]): string {
  return assets.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/** A name from a workspace, for a sentence: in quotes if it has unusual characters. */
function shown(name: string): string {
  return /^[\w.+@*?[\]/-]+$/.test(name) ? name : JSON.stringify(name);
}
