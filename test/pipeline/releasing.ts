import { Readable } from 'node:stream';
import type { KubernetesObject } from '../../src/core/cluster.ts';
import type { ReleaseImage, ReleaseStage, Repository } from '../../src/core/config.ts';
import type { Permission } from '../../src/core/people/roles.ts';
import type { TagState } from '../../src/core/release/tag-state.ts';
import type { Run, RunVersion } from '../../src/core/run/run.ts';
import { Decisions } from '../../src/pipeline/release/decisions.ts';
import { Holds } from '../../src/pipeline/release/holds.ts';
import type { Tags } from '../../src/pipeline/release/image-tags.ts';
import type { ReleaseGithub } from '../../src/pipeline/release/ports.ts';
import { type ReleaseDeps, ReleaseReconciler } from '../../src/pipeline/release/reconcile-release.ts';
import { aBook, aRun, at, imageStage, templateOf, testStage, tools } from './world.ts';

export const stock: ReleaseImage = { ...imageStage, name: 'stock', repository: 'acme/stock' };

/** A repository with a release; `over`: what its release stage has else. */
export function aRepository(over: Partial<ReleaseStage> = {}): Repository {
  const release: ReleaseStage = {
    name: 'release',
    branches: ['main', 'hotfix'],
    approvals: { votes: 1, of: ['U2'], expires: 100_000, self: false },
    github: { assets: ['bin/*'], notes: 'commits', log: false },
    images: [],
    order: 'images-first',
    ...over,
  };
  const version = { from: 'readme', path: 'README.md', prefix: 'v', write: 'none' } as const;
  const place = { name: 'app', short: 'app', git: 'g', clone: 'g', branches: ['main'], channel: '#ci', github: 'acme/app' };
  return { ...place, version, stages: [imageStage, testStage], release };
}

export const passedRun = (number: number, over: Partial<Run> = {}): Run =>
  aRun(number, { state: 'passed', version: '1.2.3', release: { version: '', tag: '', requiredVotes: 1, votes: [] }, stages: [], ...over });

/** GitHub as a list of what was asked of it. */
export function aGithub(over: Partial<ReleaseGithub> = {}) {
  const calls: string[] = [];
  const github: ReleaseGithub = {
    findRelease: async () => ({ state: 'none' }),
    tagSha: async () => undefined,
    latestRelease: async () => undefined,
    async ensureDraft(_github, { tag, marker }) {
      calls.push(`draft ${tag} ${Number(marker)}`);
      return { id: 1, url: 'draft', draft: true };
    },
    async ensureAsset(_github, _id, { name }) {
      calls.push(`asset ${name}`);
      return { id: calls.length, name };
    },
    async publish(_github, _id, { makeLatest, assets = [] }) {
      calls.push(`publish ${JSON.stringify({ makeLatest, assets: assets.map(({ name }) => name) })}`);
      return { id: 1, url: 'https://github.com/acme/app/releases/v1.2.3', draft: false };
    },
    ...over,
  };
  return { github, calls };
}

/** The digest of the configuration of every image in `theRegistry`. */
export const config = 'sha256:c';

/**
 * Registries that hold these, each `repository:tag` or, outside of the cluster, `name/repository:tag`; everything that is asked for
 * is listed. While there is an error in `unknown`, they do not tell. */
export function theRegistry(...holds: string[]) {
  const asked: string[] = [];
  const unknown: unknown[] = [];
  const nameOf = (repository: string, tag: string, outside?: string) => `${outside === undefined ? '' : `${outside}/`}${repository}:${tag}`;
  const registry: Tags = {
    manifest: async (...image) => (holds.includes(nameOf(...image)) ? { digest: 'sha256:0', bytes: 1, config, layers: [] } : undefined),
    async tag(...image): Promise<TagState> {
      asked.push(nameOf(...image));
      if (unknown.length > 0) return { state: 'unknown', error: unknown[0] };
      return { state: holds.includes(nameOf(...image)) ? 'taken' : 'free' };
    },
  };
  return { registry, asked, holds, unknown };
}

interface Over {
  readonly github?: ReleaseGithub;
  readonly repository?: Repository;
  readonly registry?: Tags;
}

/** The steps of releases over a clock that is set by hand; what is created in the cluster is listed. */
export function aRelease(runs: readonly Run[], over: Over = {}) {
  const clock = { now: at(1000) };
  const created: string[] = [];
  const discarded: string[] = [];
  const said: string[] = [];
  const world = {
    repository: over.repository ?? aRepository(),
    created,
    discarded,
    said,
    frozen: '',
    /** The uid of the run that the Jobs in the cluster belong to. */
    jobOf: runs[0]?.uid,
    read: {} as RunVersion,
    role: { allowed: true, why: '' } as Permission,
  };
  const { book, saved, failSaves } = aBook(runs, () => clock.now);
  const asset = { name: 'runner', bytes: 3, open: () => Readable.from(['abc']) };
  const cluster = {
    async create({ kind, metadata }: KubernetesObject) {
      const what = `${kind} ${metadata.name}`;
      const outcome = world.created.includes(what) ? 'exists' : 'created';
      world.created.push(what);
      return outcome;
    },
    job: async (namespace: string, name: string) =>
      world.created.includes(`Job ${name}`)
        ? { name, namespace, uid: 'j', labels: { 'coxswain/run-uid': world.jobOf }, conditions: [] }
        : undefined,
    replace: async ({ metadata }: KubernetesObject) => void world.created.push(`replaced ${metadata.name}`),
  };
  const job = 'kind: Job\napiVersion: batch/v1\nmetadata: {name: {{ .Stage.Name }}}\nspec: {template: {spec: {containers: [{name: a}]}}}';
  const around = { registry: { push: 'r', pull: 'r', api: 'http://r' }, outside: {}, tools, pullCredentials: false };
  const deps = {
    book,
    ...(over.github ? { github: over.github } : {}),
    cluster,
    templates: { read: async () => templateOf(job) },
    around,
    secrets: {},
    outside: [],
    assets: { collect: async () => [asset], discard: async ({ id }: Run) => void world.discarded.push(id) },
    notes: { notes: async () => 'the notes' },
    versions: { ofCommit: async () => world.read },
    changes: { since: async () => ({ previous: 'v1.2.2', changes: [] }) },
    freezes: { of: () => (world.frozen ? { reason: world.frozen, by: 'U3' } : undefined) },
    now: () => clock.now,
    registry: over.registry ?? theRegistry().registry,
    approvers: { approver: async () => world.role },
    log: (message: string) => void said.push(message),
  } as unknown as ReleaseDeps;
  const config = {
    repositories: [world.repository],
    people: { operators: [], approvers: [], emails: { 'ada@example.com': 'U1' } },
  } as never;
  const { approvers } = deps;
  const decisions = new Decisions({ book, config, approvers, freezes: { of: () => undefined }, now: () => clock.now });
  const releases = new ReleaseReconciler(deps, new Holds({ firstMs: 0, mostMs: 0 }));
  const step = async (id: string, times = 1) => {
    for (let count = 0; count < times; count += 1) await releases.reconcile(book.get(id) ?? aRun(0), world.repository);
    return book.get(id);
  };
  const approve = (id: string, by = 'U2') => decisions.approve({ id, by, at: clock.now });
  return { book, saved, failSaves, clock, world, deps, decisions, step, approve };
}
