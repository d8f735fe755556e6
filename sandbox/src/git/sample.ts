import { appendFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from './run-git.ts';
import {
  type Author,
  ada,
  type Change,
  type FailureKind,
  failingChange,
  goodChange,
  isBroken,
  lin,
  mendingChange,
} from './sample-changes.ts';
import { type DockerfileParts, dockerfile, firstFiles, keepingVersion } from './sample-files.ts';

export interface SampleOptions {
  /** Where the bare repository is made: `<repositories>/<name>.git`, as a git server finds it. */
  readonly repositories: string;
  /** Where its work tree is made. */
  readonly work: string;
  /** The base image by the address used by pods, such as `registry:5000/library/busybox:1.35`. */
  readonly base: string;
  readonly name?: string;
  readonly branch?: string;
  /** Seconds between the sample's tests, so that people can watch; 0 by default. */
  readonly pause?: number;
  /** Added to the environment of git, such as another PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One commit as the page shows it. */
export interface SampleCommit {
  readonly sha: string;
  readonly author: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
  readonly message: string;
}

export interface SampleRepository {
  readonly name: string;
  readonly branch: string;
  /** The bare repository. */
  readonly path: string;
  /** Commits a change that passes; the one after a failing change fixes it. */
  commitGood(): Promise<SampleCommit>;
  /** Commits a change that fails in the test or already in the build of the image. */
  commitFailing(kind: FailureKind): Promise<SampleCommit>;
  /** The newest first. */
  commits(limit?: number): Promise<readonly SampleCommit[]>;
  /** Calls the listener after each commit, until the function that it gives is called. */
  onCommit(listener: (commit: SampleCommit) => void): () => void;
}

/** Makes the sample repository, or takes up the one that is there. */
export async function sampleRepository(options: SampleOptions): Promise<SampleRepository> {
  const { repositories, work, base, name = 'scheduler', branch = 'main', pause = 0, env = {} } = options;
  const path = join(repositories, `${name}.git`);
  const tree: WorkTree = { path, work: join(work, name), branch, env };
  const parts = { base, pause };
  const listeners = new Set<(commit: SampleCommit) => void>();
  if (await exists(tree.work)) await followOthers(tree);
  else await begin(tree, parts);
  await followBase(tree, parts);
  const failures = { test: 0, build: 0 };
  let line: Promise<unknown> = Promise.resolve();
  const next = (choose: (count: number) => Change | Promise<Change>): Promise<SampleCommit> => {
    const turn = line.then(async () => {
      await followOthers(tree);
      const count = Number(await git(['rev-list', '--count', branch], { cwd: path, env }));
      const made = await make(tree, await choose(count));
      for (const listener of listeners) listener(made);
      return made;
    });
    line = turn.catch(() => {});
    return turn;
  };
  return {
    name,
    branch,
    path,
    commitGood: () =>
      next(async (count) => (isBroken(await filesOf(tree), parts) ? mendingChange(await lastAuthor(tree), parts) : goodChange(count))),
    commitFailing: (kind) => next(() => failingChange(kind, failures[kind]++, parts)),
    commits: (limit = 20) => commitsOf(tree, limit),
    onCommit(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

interface WorkTree {
  readonly path: string;
  readonly work: string;
  readonly branch: string;
  readonly env: Readonly<Record<string, string>>;
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;

/** A bare repository with a work tree, and a short past. */
async function begin(tree: WorkTree, parts: DockerfileParts): Promise<void> {
  const { path, work, branch, env } = tree;
  await mkdir(work, { recursive: true });
  await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`, path], { env });
  // For those who fetch by the path: any commit by its hash, and without trees or files.
  await appendFile(join(path, 'config'), '[uploadpack]\n\tallowAnySHA1InWant = true\n\tallowFilter = true\n');
  await git(['init', '--quiet', `--initial-branch=${branch}`, work], { env });
  const hours = (count: number): Date => new Date(Date.now() - count * 3_600_000);
  await commit(tree, { author: ada, message: 'Give jobs to GPUs in turn', files: firstFiles }, hours(50));
  await commit(tree, { author: lin, message: 'Build an image of the scheduler', files: { Dockerfile: dockerfile(parts) } }, hours(3));
  await push(tree);
}

/** A repository of an earlier sandbox may name a registry that has moved since. */
async function followBase(tree: WorkTree, parts: DockerfileParts): Promise<void> {
  const files = await filesOf(tree);
  if (files.dockerfile.startsWith(`FROM ${parts.base}\n`)) return;
  await make(tree, { author: ada, message: 'Follow the registry to its new address', files: { Dockerfile: dockerfile(parts) } });
}

/** Others commit too: a bot that raises the version. */
async function followOthers({ path, work, branch, env }: WorkTree): Promise<void> {
  await git(['fetch', '--quiet', path, branch], { cwd: work, env });
  await git(['merge', '--quiet', '--ff-only', 'FETCH_HEAD'], { cwd: work, env });
}

async function filesOf({ work }: WorkTree): Promise<{ dockerfile: string; limits: string }> {
  const read = (name: string): Promise<string> => readFile(join(work, name), 'utf8');
  return { dockerfile: await read('Dockerfile'), limits: await read('scheduler/limits.conf') };
}

async function lastAuthor(tree: WorkTree): Promise<Author> {
  const [last] = await commitsOf(tree, 1);
  return last === undefined ? ada : { name: last.author, email: last.email };
}

/** Makes a commit, and brings it to where the server serves it. */
async function make(tree: WorkTree, change: Change): Promise<SampleCommit> {
  await commit(tree, change, new Date());
  await push(tree);
  const [made] = await commitsOf(tree, 1);
  if (made === undefined) throw new Error(`no commit on ${tree.branch} of ${tree.path} after a commit`);
  return made;
}

async function commit({ work, env }: WorkTree, { author, message, files }: Change, when: Date): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    const file = join(work, name);
    await mkdir(dirname(file), { recursive: true });
    const before = await readFile(file, 'utf8').catch(() => '');
    await writeFile(file, keepingVersion(contents, before));
  }
  const who = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`];
  const date = when.toISOString();
  await git(['add', '--all'], { cwd: work, env });
  const dated = { ...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  await git([...who, 'commit', '--quiet', '--allow-empty', `--message=${message}`], { cwd: work, env: dated });
}

async function push({ path, work, branch, env }: WorkTree): Promise<void> {
  await git(['push', '--quiet', path, branch], { cwd: work, env });
}

async function commitsOf({ path, branch, env }: WorkTree, limit: number): Promise<SampleCommit[]> {
  const text = await git(['log', `--max-count=${limit}`, '--format=%H%x1f%an%x1f%ae%x1f%aI%x1f%s', branch], { cwd: path, env });
  return text.split('\n').flatMap((line) => {
    const [sha, author = '', email = '', date = '', message = ''] = line.split('\u001f');
    return sha === undefined || sha === '' ? [] : [{ sha, author, email, date, message }];
  });
}
