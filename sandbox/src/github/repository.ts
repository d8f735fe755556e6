import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../git/run-git.ts';

interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

interface GitTag {
  readonly tag: string;
  readonly message: string;
  readonly tagger: GitPerson;
  readonly object: { readonly sha: string; readonly type: string };
}

/** A bare repository, by git itself. Undefined and false mean that git does not know it, or does not allow it. */
export interface Repository {
  readonly path: string;
  run(words: readonly string[]): Promise<string>;
  defaultBranch(): Promise<string>;
  /** The commit of a branch, tag or SHA. */
  commitSha(revision: string): Promise<string | undefined>;
  commit(sha: string): Promise<GitCommit | undefined>;
  /** The object of a whole ref, such as `refs/tags/v1`, unpeeled. */
  ref(name: string): Promise<{ sha: string; type: string } | undefined>;
  refs(prefix: string): Promise<readonly { name: string; sha: string; type: string }[]>;
  /** Sets a ref from one value to another; `null` is no ref. */
  setRef(name: string, from: string | null, to: string | null): Promise<boolean>;
  isRefName(name: string): Promise<boolean>;
  tag(sha: string): Promise<GitTag | undefined>;
  /** The SHA and content of a file. */
  file(revision: string, path: string): Promise<{ sha: string; content: string } | undefined>;
  /** Writes a file into a new commit on a branch, unless the branch has moved. */
  commitFile(change: FileChange): Promise<string | undefined>;
}

interface FileChange {
  readonly branch: string;
  readonly parent: string;
  readonly path: string;
  readonly content: Buffer;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
}

const none = '0'.repeat(40);
const orUndefined = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);

export function openRepository(path: string, env: Readonly<Record<string, string>> = {}): Repository {
  const run = (words: readonly string[], more = {}): Promise<string> =>
    git(['-c', 'safe.directory=*', ...words], { cwd: path, env: { ...env, ...more } });
  const line = async (words: readonly string[], more = {}): Promise<string> => (await run(words, more)).trim();
  const safe = (word: string): boolean => word !== '' && !word.startsWith('-');
  const refs = async (prefix: string) => refsIn(await line(['for-each-ref', '--format=%(refname) %(objectname) %(objecttype)', prefix]));
  const setRef = (name: string, from: string | null, to: string | null): Promise<boolean> =>
    run(['update-ref', ...(to === null ? ['-d', name] : [name, to]), from ?? none]).then(
      () => true,
      () => false,
    );
  return {
    path,
    run,
    defaultBranch: () => line(['symbolic-ref', '--short', 'HEAD']),
    commitSha: async (revision) =>
      safe(revision) ? orUndefined(line(['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`])) : undefined,
    commit: (sha) => orUndefined(run(['cat-file', 'commit', sha]).then((text) => commitFrom(sha, text))),
    ref: async (name) => (await refs(name)).find((one) => one.name === name),
    refs,
    setRef,
    isRefName: (name) =>
      run(['check-ref-format', name]).then(
        () => true,
        () => false,
      ),
    tag: (sha) => orUndefined(run(['cat-file', 'tag', sha]).then(tagFrom)),
    async file(revision, at) {
      const sha = safe(revision)
        ? await orUndefined(line(['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}:${at}`]))
        : undefined;
      const content = sha && (await orUndefined(run(['cat-file', 'blob', sha])));
      return sha && content !== undefined ? { sha, content } : undefined;
    },
    commitFile: (change) => commitFile(line, setRef, change),
  };
}

function refsIn(text: string): { name: string; sha: string; type: string }[] {
  return text.split('\n').flatMap((one) => {
    const [name, sha, type] = one.split(' ');
    return name && sha && type ? [{ name, sha, type }] : [];
  });
}

/** By git's plumbing, for a bare repository has no work tree. */
async function commitFile(
  line: (words: readonly string[], env?: Record<string, string>) => Promise<string>,
  setRef: Repository['setRef'],
  { branch, parent, path, content, message, author }: FileChange,
): Promise<string | undefined> {
  const scratch = join(tmpdir(), `coxswain-github-${randomUUID()}`);
  const index = { GIT_INDEX_FILE: `${scratch}.index` };
  try {
    await writeFile(scratch, content);
    const blob = await line(['hash-object', '-w', '--no-filters', scratch]);
    await line(['read-tree', parent], index);
    await line(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], index);
    const tree = await line(['write-tree'], index);
    const who = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
    };
    const sha = await line(['commit-tree', tree, '-p', parent, '-m', message], who);
    return (await setRef(`refs/heads/${branch}`, parent, sha)) ? sha : undefined;
  } finally {
    for (const file of [scratch, index.GIT_INDEX_FILE]) await rm(file, { force: true });
  }
}

/** Headers of a git object, and the text below them. */
function partsOf(object: string): { headers: readonly (readonly [string, string])[]; text: string } {
  const end = object.indexOf('\n\n');
  const headers = object
    .slice(0, end)
    .split('\n')
    .flatMap((one) => {
      const [, name, value] = /^(\S+) (.*)$/.exec(one) ?? [];
      return name !== undefined && value !== undefined ? [[name, value] as const] : [];
    });
  return { headers, text: object.slice(end + 2).replace(/\n$/, '') };
}

function commitFrom(sha: string, object: string): GitCommit {
  const { headers, text: message } = partsOf(object);
  const all = (name: string): string[] => headers.filter(([one]) => one === name).map(([, value]) => value);
  const person = (name: string): GitPerson => personFrom(all(name)[0] ?? '');
  return { sha, tree: all('tree')[0] ?? '', parents: all('parent'), author: person('author'), committer: person('committer'), message };
}

function personFrom(value: string): GitPerson {
  const [, name = '', email = '', seconds = '0'] = /^([^<>]*) <([^<>]*)> (\d+) [+-]\d+$/.exec(value) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1_000).toISOString().replace('.000Z', 'Z') };
}

function tagFrom(object: string): GitTag {
  const { headers, text: message } = partsOf(object);
  const value = (name: string): string => headers.find(([one]) => one === name)?.[1] ?? '';
  return { tag: value('tag'), message, tagger: personFrom(value('tagger')), object: { sha: value('object'), type: value('type') } };
}
