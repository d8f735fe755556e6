/** What a container runs: the command by the rules of Kubernetes and the image, and the program's file, of the image or of this machine. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, normalize } from 'node:path';
import type { Container } from '../model/pods.ts';
import { type Mounts, placed } from './environment.ts';
import { expand } from './expand.ts';
import type { ImageConfig } from './pull.ts';

/** The command could not be started: the container ends with code 128 and this message. */
export class StartError extends Error {}

export interface Scratch {
  /** The container's own copy of the image's files. */
  root: string;
  mounts: Mounts;
  variables: ReadonlyMap<string, string>;
}

/** `command` replaces the image's entrypoint and its arguments, `args` only the arguments. */
export function commandLine(
  { command, args }: Container,
  { Entrypoint, Cmd }: ImageConfig,
  variables: ReadonlyMap<string, string>,
): string[] {
  const entrypoint = command?.length ? command.map((one) => expand(one, variables)) : (Entrypoint ?? []);
  const rest = args?.length ? args.map((one) => expand(one, variables)) : command?.length ? [] : (Cmd ?? []);
  return [...entrypoint, ...rest];
}

/** The program's file and its arguments, with paths of the image and of mounts as they are on this machine. Throws StartError. */
export async function locate(line: string[], scratch: Scratch, path: string): Promise<[file: string, ...args: string[]]> {
  const [name = '', ...args] = line;
  const real = await Promise.all(args.map((one) => realPath(one, scratch)));
  if (name.includes('/')) {
    const file = isAbsolute(name) ? await realPath(name, scratch) : join(scratch.root, name);
    if (await isRunnable(file)) return [file, ...real];
    throw new StartError(`exec: ${JSON.stringify(name)}: stat ${name}: no such file or directory`);
  }
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    if (folder && (await isRunnable(file))) return [file, ...real];
  }
  throw new StartError(`exec: ${JSON.stringify(name)}: executable file not found in $PATH`);
}

/** An absolute path that a mount or the image has lies in their folders; any other text stays as it is. */
export async function realPath(text: string, { root, mounts }: Scratch): Promise<string> {
  if (!isAbsolute(text)) return text;
  const path = normalize(text);
  const mounted = placed(path, mounts);
  if (mounted !== path) return mounted;
  const inImage = join(root, path);
  return text !== '/' && (await exists(inImage)) ? inImage : text;
}

/** The folders to look for programs in: those of the image first, then this machine's. */
export function searchPath(root: string, imagePath: string | undefined, hostPath: string): string {
  const inImage = (imagePath ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter).map((folder) => join(root, folder));
  return [...inImage, ...hostPath.split(delimiter)].join(delimiter);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function isRunnable(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return false;
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
