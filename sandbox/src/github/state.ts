import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openRepository, type Repository } from './repository.ts';

const asset = z.object({
  id: z.number(),
  name: z.string(),
  label: z.string().nullable(),
  contentType: z.string(),
  size: z.number(),
  /** `starter`: an upload that began and did not end. */
  state: z.enum(['starter', 'uploaded']),
  /** `sha256:…` of an uploaded one. */
  digest: z.string().nullable(),
  at: z.string(),
});

const release = z.object({
  id: z.number(),
  tag: z.string(),
  name: z.string().nullable(),
  body: z.string().nullable(),
  target: z.string(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  createdAt: z.string(),
  publishedAt: z.string().nullable(),
  assets: z.array(asset),
});

const status = z.object({
  id: z.number(),
  sha: z.string(),
  state: z.enum(['error', 'failure', 'pending', 'success']),
  context: z.string(),
  description: z.string().nullable(),
  targetUrl: z.string().nullable(),
  at: z.string(),
});

const pull = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  head: z.string(),
  base: z.string(),
  at: z.string(),
});

const records = z.object({
  releases: z.array(release),
  /** The release that is marked as the latest. */
  latest: z.number().nullable(),
  /** The newest last. */
  statuses: z.array(status),
  pulls: z.array(pull),
});
const kept = z.object({ nextId: z.number(), repositories: z.record(z.string(), records) });

export type StoredAsset = z.infer<typeof asset>;
export type StoredRelease = z.infer<typeof release>;
export type StoredStatus = z.infer<typeof status>;
export type StoredPull = z.infer<typeof pull>;

/** A repository with what GitHub keeps beside it. */
export type HostedRepository = z.infer<typeof records> & {
  /** owner/name. */
  readonly name: string;
  readonly git: Repository;
};

/** Everything that the stand-in keeps; it lies in a folder and is there again after a restart. */
export interface State {
  readonly token: string;
  /** Tokens of installations, and until when (ms) they are good. */
  readonly installationTokens: Map<string, number>;
  readonly repositories: ReadonlyMap<string, HostedRepository>;
  nextId(): number;
  assetPath(id: number): string;
  /** Writes what has changed, and tells who listens. */
  save(): Promise<void>;
  onChange(listener: () => void): () => void;
}

export interface StateOptions {
  readonly folder: string;
  readonly token: string;
  /** The bare repositories by owner/name. */
  readonly repositories: Readonly<Record<string, { readonly path: string }>>;
  /** Added to the environment of git, such as another PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openState({ folder, token, repositories, env }: StateOptions): Promise<State> {
  await mkdir(join(folder, 'assets'), { recursive: true });
  const file = join(folder, 'github.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const before = text === undefined ? { nextId: 1, repositories: {} } : kept.parse(JSON.parse(text));
  const hosted = new Map<string, HostedRepository>();
  for (const [name, { path }] of Object.entries(repositories)) {
    const known = before.repositories[name] ?? { releases: [], latest: null, statuses: [], pulls: [] };
    hosted.set(name.toLowerCase(), { ...known, name, git: openRepository(path, env) });
  }
  const listeners = new Set<() => void>();
  let { nextId } = before;
  let line: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const now = [...hosted.values()].map(({ name, git: _, ...rest }) => [name, rest]);
    await writeFile(`${file}.new`, JSON.stringify({ nextId, repositories: Object.fromEntries(now) }));
    await rename(`${file}.new`, file);
  };
  return {
    token,
    installationTokens: new Map(),
    repositories: hosted,
    nextId: () => nextId++,
    assetPath: (id) => join(folder, 'assets', String(id)),
    async save() {
      line = line.then(write);
      await line;
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
