import { RegistryError } from './errors.ts';

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const repository = new RegExp(`^${part}(?:/${part})*$`);
const digest = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export const isDigest = (text: string): boolean => digest.test(text);

/** Gives the repository name back where it is one; a name that passes is also safe as a path below a folder. */
export function repositoryName(text: string): string {
  if (!repository.test(text) || text.length > 255) throw new RegistryError('NAME_INVALID', { name: text });
  return text;
}

export function digestOf(text: string): string {
  if (!isDigest(text)) throw new RegistryError('DIGEST_INVALID', { digest: text }, 'neither a sha256 nor a sha512 digest');
  return text;
}

/** A tag or a digest. */
export function reference(text: string): string {
  if (!isDigest(text) && !tag.test(text)) throw new RegistryError('TAG_INVALID', { tag: text }, 'neither a tag nor a digest');
  return text;
}

/** The hexadecimal part of a digest, which is how its file is called; its length says the algorithm. */
export const hexOf = (text: string): string => digestOf(text).slice('sha256:'.length);

export const digestOfHex = (hex: string): string => `${hex.length === 128 ? 'sha512' : 'sha256'}:${hex}`;

export type Algorithm = 'sha256' | 'sha512';

/** That of a digest; `sha256` for anything else. */
export const algorithmOf = (text: string): Algorithm => (text.startsWith('sha512:') ? 'sha512' : 'sha256');
