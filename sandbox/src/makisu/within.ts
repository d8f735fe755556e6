/** Does the work; what it throws gets the place in front, as Makisu's errors name their way: `execute stage: build stage 0: …`. */
export async function within<T>(place: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${place}: ${messageOf(error)}`);
  }
}

/** The words for an error; those of the file system as Go says them. */
function messageOf(error: unknown): string {
  const { code, syscall, path, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = { ENOENT: 'no such file or directory', EACCES: 'permission denied', ENOTDIR: 'not a directory' };
  const word = code === undefined ? undefined : words[code];
  return word === undefined || path === undefined ? message : `${syscall} ${path}: ${word}`;
}
