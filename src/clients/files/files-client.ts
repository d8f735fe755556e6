import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../../core/errors.ts';

/** Files written by hand are far smaller. */
const usualBytes = 1024 ** 2;
/** Opening a named pipe without a writer would block. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The text of a regular file; its size is checked before it is read.
 * @throws Error with the system's error code; one without a code if it is not a regular file or too large
 */
export async function readText(path: string, mostBytes = usualBytes): Promise<string> {
  const file = await open(path, flags);
  try {
    checkFile(await file.stat(), mostBytes);
    return decodedText(await file.readFile());
  } finally {
    await file.close();
  }
}

/** The same, synchronously, for what must be read before anything else can happen. @throws Error like `readText` */
export function readTextNow(path: string, mostBytes = usualBytes): string {
  const file = openSync(path, flags);
  try {
    checkFile(fstatSync(file), mostBytes);
    return decodedText(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

/** Whether a file begins with a byte order mark. */
export function hasByteOrderMark(path: string): boolean {
  const [first = 0, second = 0, third] = readFileSync(path);
  return (first === 0xef && second === 0xbb && third === 0xbf) || (first >= 0xfe && first + second === 0x1fd);
}

/** Text without the byte order mark that some Windows editors and shells prepend; a UTF-16 mark determines how the rest is decoded. */
export function decodedText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function checkFile(found: { isFile(): boolean; isDirectory(): boolean; readonly size: number }, mostBytes: number): void {
  if (found.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
  if (!found.isFile()) throw new Error('is not a regular file');
  if (found.size > mostBytes) throw new Error(`has ${found.size} bytes, more than the limit of ${mostBytes}`);
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a file is in its place',
  ELOOP: 'its symbolic links lead nowhere',
  EACCES: 'its permissions, or those of a parent folder, forbid it',
  EPERM: 'its permissions, or those of a parent folder, forbid it',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk is failing (EIO)',
};

/** Why a file cannot be read or written, as part of a sentence. */
export function describeFileError(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return (Object.hasOwn(words, code) && words[code]) || messageOf(error);
}

/** Whether the error is temporary (resource shortage, disk unavailable): it may succeed later, and says nothing about the file. */
export function isPassing(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EIO', 'ENOMEM', 'ESTALE', 'ETIMEDOUT'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}
