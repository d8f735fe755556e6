import type { ReleaseStage, Repository } from '../../core/config.ts';
import { isForGood, messageOf, UserError } from '../../core/errors.ts';
import { noGithubLogin } from '../../core/git/github-login.ts';
import type { Cause } from '../../core/logs.ts';
import { markerOf } from '../../core/run/release-parts.ts';
import type { GithubPart } from '../../core/run/release-run.ts';
import type { Run, ThreadPost } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { isPrerelease, parseVersion } from '../../core/version/version.ts';
import { partsOf, sentOf, uploadedAs } from './asset-parts.ts';
import { notesOrPlain } from './notes.ts';
import type { Asset, Assets, Notes, ReleaseGithub } from './ports.ts';
import { conflictOnGithub, isNewest } from './version-conflict.ts';

export interface GithubDeps {
  readonly book: RunBook;
  readonly github?: ReleaseGithub;
  readonly assets: Assets;
  readonly notes: Notes;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** Makes the GitHub release: draft, assets, publish; each is saved in the run. After a crash it starts over and reuses what exists. */
export async function cutOnGithub(deps: GithubDeps, run: Run, repository: Repository): Promise<0> {
  const { release, github: place } = repository;
  const why = whySkipped(deps, repository);
  if (why !== undefined) await orFail(deps, run, repository, notePart(deps, run, { state: 'skipped', why }));
  else if (deps.github && release && place)
    await orFail(deps, run, repository, cut(deps, deps.github, run, { release, repository, place }));
  return 0;
}

function whySkipped({ github }: GithubDeps, { release, github: place }: Repository): string | undefined {
  if (!release?.github) return 'no GitHub release is configured';
  if (!github) return noGithubLogin;
  return place ? undefined : 'the repository has no `github:` in the configuration';
}

async function demandFree(github: ReleaseGithub, run: Run, repository: Repository) {
  const conflict = await conflictOnGithub(github, run, repository);
  if ('taken' in conflict) throw new UserError(conflict.taken);
  return conflict.found;
}

/** An error that a person has to fix, or that lasts for an hour, fails this part alone. */
export async function orFail(deps: GithubDeps, run: Run, repository: Repository, act: Promise<void>): Promise<void> {
  try {
    await act;
  } catch (error) {
    if (error instanceof NoMoreReleasing) return;
    // If GitHub does not answer, or answers 500, for an hour, the attempt ends too: nobody could end it otherwise.
    if (!isForGood(error) && !(await hasLasted(deps, run))) throw error;
    await failPart(deps, run, error, await leftoversOrKnown(deps, run, repository));
  }
}

/** What a stopped release leaves on GitHub. @throws if GitHub does not answer */
export async function leftoversOnGithub({ book, github }: GithubDeps, run: Run, repository: Repository): Promise<Leftovers> {
  const { tag = '', github: part } = book.get(run.id)?.release ?? {};
  const place = repository.release?.github && repository.github;
  if (!github || !place) return { ...(part?.draft && { draft: part.draft }) };
  const found = await github.findRelease(place, tag, markerOf(run));
  if (found.state === 'draft') return { draft: found.release.url, is: 'draft' };
  return found.state === 'published' && found.ours ? { is: 'published', published: found.release.url } : {};
}

/** The same; if GitHub does not answer, what was known before. */
export async function leftoversOrKnown(deps: GithubDeps, run: Run, repository: Repository): Promise<Leftovers> {
  const { draft } = deps.book.get(run.id)?.release?.github ?? {};
  return leftoversOnGithub(deps, run, repository).catch(() => ({ ...(draft && { draft }) }));
}

interface Target {
  readonly release: ReleaseStage;
  readonly repository: Repository;
  readonly place: string;
}

async function cut(deps: GithubDeps, github: ReleaseGithub, run: Run, { release, repository, place }: Target): Promise<void> {
  const found = await demandFree(github, run, repository);
  const wanted = wantedOf(run);
  const { assets: before = [], maybePublished } = run.release?.github ?? {};
  if (found.state === 'published') return confirm(deps, github, run, { place, id: found.release.id });
  const left = found.state === 'draft' ? { draft: found.release.url } : {};
  // An earlier attempt may still be publishing: until it is known, so is what it has uploaded.
  const earlier = { ...(before.length > 0 && { assets: before }), ...(maybePublished && { maybePublished }) };
  await notePart(deps, run, { ...left, ...earlier, state: 'collecting' });
  const assets = await deps.assets.collect(run, release);
  const parts = partsOf(assets, before);
  await notePart(deps, run, { ...left, state: 'drafting', assets: parts });
  const body = run.release?.notes ?? (await notesOrPlain(deps, run, repository, deps.now()));
  const draft = await github.ensureDraft(place, { ...wanted, body });
  if (!draft.draft) return confirm(deps, github, run, { place, id: draft.id });
  const there = { draft: draft.url };
  for (const [index, part] of parts.entries()) {
    await notePart(deps, run, { ...there, state: 'uploading', assets: [...parts] });
    const known = { ...(part.id && { id: part.id }), others: parts.flatMap((one) => (one !== part && one.id) || []) };
    const asset = { ...(assets[index] as Asset), contentType: contentTypeOf(part.name), ...known };
    parts[index] = uploadedAs(part, await github.ensureAsset(place, draft.id, asset));
  }
  await notePart(deps, run, { ...there, state: 'publishing', assets: parts });
  // Checked only now: other releases may have been published since the vote, by anyone.
  const makeLatest = !wanted.prerelease && isNewest(deps.book, run, repository, (await github.latestRelease(place))?.tag);
  const { url } = await github.publish(place, draft.id, { wanted, makeLatest, assets: sentOf(parts) });
  await notePublished(deps, run, { url, assets: parts });
  await discard(deps, run);
}

/** Checks what is published already: a crash may have happened before it was verified. It stays as it is. */
async function confirm(deps: GithubDeps, github: ReleaseGithub, run: Run, at: { readonly place: string; readonly id: number }) {
  const { assets = [] } = run.release?.github ?? {};
  const known = assets.length > 0 ? { assets: sentOf(assets) } : {};
  const { url } = await github.publish(at.place, at.id, { wanted: wantedOf(run), makeLatest: false, ...known });
  await notePublished(deps, run, { ...run.release?.github, url });
  await discard(deps, run);
}

/** What the run releases: its draft may have been edited by anyone. */
function wantedOf(run: Run) {
  const { tag, version } = run.release ?? { tag: '', version: '' };
  const parsed = parseVersion(version);
  const prerelease = parsed !== undefined && isPrerelease(parsed);
  return { tag, name: tag, target: run.commit.sha, prerelease, marker: markerOf(run) };
}

/** The release stays published even if the collector cannot be deleted: the collector is deleted with its namespace. */
async function discard({ assets, log }: GithubDeps, run: Run): Promise<void> {
  await assets.discard(run).catch((error: unknown) => log(`${run.id}: ${messageOf(error)}`));
}

/** From then on neither this run nor one that it retries has a draft left. */
async function notePublished(deps: GithubDeps, run: Run, part: Omit<GithubPart, 'state'>): Promise<void> {
  const marker = markerOf(run);
  const before = deps.book
    .ofRepository(run.repository)
    .filter((one) => one.id !== run.id && one.release?.github?.draft && markerOf(one) === marker);
  for (const { id } of before) await deps.book.change(id, (now) => withDraft(now, undefined));
  const { draft: _over, ...rest } = part;
  await notePart(deps, run, { ...rest, state: 'published' });
}

function contentTypeOf(name: string): string {
  if (/\.(txt|log|md|sha256)$|^(sha256sums|checksums)/i.test(name)) return 'text/plain; charset=utf-8';
  if (name.endsWith('.json')) return 'application/json';
  if (/\.(tar\.gz|tgz|gz)$/.test(name)) return 'application/gzip';
  return 'application/octet-stream';
}

/** What recording the GitHub release in a run needs. */
export interface PartDeps {
  readonly book: RunBook;
  readonly now: () => Date;
}

/** Records how far the GitHub release is; keeps the attempt number. */
export async function notePart(deps: PartDeps, run: Run, part: GithubPart): Promise<void> {
  const after = await deps.book.change(run.id, (now) => {
    if (now.state !== 'releasing' || !now.release) return now;
    const { attempt, failingSince } = now.release.github ?? {};
    // What follows the check may come hours later, and its errors are unrelated.
    const isSame = part.state !== 'published' && part.state !== 'waiting';
    const kept = { ...(attempt && { attempt }), ...(failingSince && isSame && { failingSince }) };
    const { failingSince: _past, ...told } = part;
    return { ...now, release: { ...now.release, github: { ...told, ...kept } } };
  });
  if (after.state !== 'releasing') throw new NoMoreReleasing(`${run.id} is ${after.state}`);
}

/** A person cancelled the run while the step was in progress: nothing more may be done for it. */
export class NoMoreReleasing extends Error {
  override readonly name = 'NoMoreReleasing';
}

/** How long one attempt continues after its first error. */
const patienceMs = 3_600_000;

/** Whether an attempt has been failing for long enough to give up; saves when it began to fail. */
export async function hasLasted(deps: PartDeps, run: Run): Promise<boolean> {
  const at = deps.now().toISOString();
  const after = await deps.book.change(run.id, (now) => {
    const { github } = now.release ?? {};
    if (now.state !== 'releasing' || !now.release || !github || github.failingSince) return now;
    return { ...now, release: { ...now.release, github: { ...github, failingSince: at } } };
  });
  return Date.parse(at) - Date.parse(after.release?.github?.failingSince ?? at) >= patienceMs;
}

/** What a release has left on GitHub: the URL of its draft, and its state as GitHub has just reported it. */
export interface Leftovers {
  readonly draft?: string;
  readonly is?: 'draft' | 'published';
  /** The page of the published release. */
  readonly published?: string;
}

/** Fails this part alone, and queues a thread post with its cause. */
export async function failPart(deps: PartDeps, run: Run, error: unknown, { draft, is }: Leftovers): Promise<void> {
  await deps.book.change(run.id, (present) => {
    const now = withDraft(present, draft);
    if (now.state !== 'releasing' || !now.release) return present;
    const { attempt = 1, failingSince: _over, ...part } = now.release.github ?? { state: 'waiting' };
    const post: ThreadPost = { key: `cause-github.${attempt}`, kind: 'cause', stage: 'github', state: 'pending' };
    const delivery = { ...now.delivery, thread: [...now.delivery.thread, post] };
    // Without GitHub's answer, a draft proves nothing: GitHub may still be publishing it.
    const isRefused = is === 'draft' && isForGood(error);
    const isOpen = is === 'published' || (part.state === 'publishing' && !isRefused) ? ({ maybePublished: true } as const) : {};
    const failed = { ...isOpen, state: 'failed', failedAt: deps.now().toISOString(), cause: causeOf(error) } as const;
    return { ...now, delivery, release: { ...now.release, github: { ...part, attempt, ...failed } } };
  });
}

/** The run with the URL of the draft on GitHub; undefined: there is none. */
export function withDraft(run: Run, draft: string | undefined): Run {
  if (!run.release?.github) return run;
  const { draft: _before, ...github } = run.release.github;
  return { ...run, release: { ...run.release, github: { ...github, ...(draft && { draft }) } } };
}

function causeOf(error: unknown): Cause {
  return {
    kind: 'github',
    title: `GitHub release: ${messageOf(error)}`,
    excerpt: [],
    next: 'Fix this, then retry this part; whatever already exists is found and kept.',
  };
}
