import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { FileChange } from '../../core/version/file-change.ts';
import { GitError } from './program/git-cli.ts';
import type { WorkCopy } from './program/work-copy.ts';
import { demandArrived } from './push-outcome.ts';

const mostBytes = 1024 ** 2;

/**
 * The text of a file in the commit.
 * @param where the location of the commit in words, such as `main`
 * @throws UserError if it does not exist, is not a file or is larger than 1 MiB
 */
export async function readFileIn(copy: WorkCopy, path: string, where: string): Promise<string> {
  const { oid } = await entryOf(copy, path, where);
  if ((await sizeOf(copy, oid)) > mostBytes)
    throw new UserError(`${path} on ${quoted(where)} has more than ${mostBytes} bytes: use a smaller file.`);
  return await copy.run(['cat-file', 'blob', oid]);
}

/**
 * Commits a new text of a file and pushes it, if the branch is still at the parent. Returns the new commit.
 * @param login the login used for the push, in words
 * @throws UserError if the branch has moved, the server refuses the push, or its answer was lost and the branch is not at the new commit
 */
export async function pushFileFrom(copy: WorkCopy, change: FileChange, login: string): Promise<string> {
  const { path, branch, parent, text, message, author } = change;
  const { mode, oid: before } = await entryOf(copy, path, branch);
  // A push sends the new file as a delta against the old one, and so reads the old one.
  await sizeOf(copy, before);
  const draft = join(copy.folder, 'draft');
  await writeFile(draft, text);
  const run = async (...args: string[]) => (await copy.run(args)).trim();
  const oid = await run('hash-object', '-w', '--no-filters', '--', draft);
  await run('read-tree', parent);
  await run('update-index', '--cacheinfo', `${mode},${oid},${path}`);
  const tree = await run('write-tree', '--missing-ok');
  const who = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`];
  const sha = await run(...who, 'commit-tree', tree, '-p', parent, '-m', message);
  const ref = `refs/heads/${branch}`;
  try {
    await copy.push(`${sha}:${ref}`, `--force-with-lease=${ref}:${parent}`);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    await demandArrived({ sha, parent, branch, login, head: () => copy.headOf(branch) }, error);
  }
  return sha;
}

/** Fetches the file first if the server omitted it. */
async function sizeOf(copy: WorkCopy, oid: string): Promise<number> {
  const size = async () => Number(await copy.run(['cat-file', '-s', oid]));
  return await size().catch(async () => {
    await copy.fetchFile(oid);
    return await size();
  });
}

async function entryOf(copy: WorkCopy, path: string, where: string): Promise<{ mode: string; oid: string }> {
  const printed = await copy.run(['ls-tree', '-z', '--full-tree', copy.sha, '--', path]);
  const { mode, kind, oid } = /^(?<mode>\d+) (?<kind>\w+) (?<oid>[0-9a-f]+)\t/.exec(printed)?.groups ?? {};
  if (!mode || !oid) throw new UserError(`There is no file ${path} on ${quoted(where)}: commit it, or set version.path to another one.`);
  if (kind !== 'blob' || mode === '120000')
    throw new UserError(`${path} on ${where} is not a regular file: set version.path to another one.`);
  return { mode, oid };
}
