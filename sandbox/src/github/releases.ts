import { rm } from 'node:fs/promises';
import { type Answer, created, fieldsOf, flagIn, nothing, ok, pageOf, type RepositoryCall, textIn } from './call.ts';
import { invalid, missing, notFound, type Reason } from './errors.ts';
import { releaseShape } from './shapes.ts';
import type { HostedRepository, StoredRelease } from './state.ts';

const longestBody = 125_000;

const wrong = (code: string, field?: string, message?: string): Reason => ({
  resource: 'Release',
  code,
  ...(field && { field }),
  ...(message && { message }),
});

/** The newest first, drafts among them. */
export const newestFirst = ({ releases }: HostedRepository): StoredRelease[] => releases.toSorted((a, b) => b.id - a.id);

export async function listReleases(call: RepositoryCall): Promise<Answer> {
  const { items, headers } = pageOf(call, newestFirst(call.repository));
  return { status: 200, headers, json: items.map((one) => releaseShape(call.origin, call.repository, one)) };
}

/** The release whose number is in the path. */
export function releaseIn({ repository, params }: RepositoryCall): StoredRelease {
  const found = repository.releases.find((one) => one.id === Number(params.id));
  if (!found) throw notFound();
  return found;
}

export const getRelease = async (call: RepositoryCall): Promise<Answer> => ok(releaseShape(call.origin, call.repository, releaseIn(call)));

/** A draft has no tag yet, so it is not found by it. */
const publishedWith = ({ releases }: HostedRepository, tag: string): StoredRelease | undefined =>
  releases.find((one) => !one.draft && one.tag === tag);

export async function getReleaseByTag({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const found = publishedWith(repository, params.tag ?? '');
  if (!found) throw notFound();
  return ok(releaseShape(origin, repository, found));
}

export function latestOf(repository: HostedRepository): StoredRelease | undefined {
  const may = newestFirst(repository).filter(({ draft, prerelease }) => !draft && !prerelease);
  return may.find(({ id }) => id === repository.latest) ?? may[0];
}

export async function getLatestRelease({ origin, repository }: RepositoryCall): Promise<Answer> {
  const latest = latestOf(repository);
  if (!latest) throw notFound();
  return ok(releaseShape(origin, repository, latest));
}

export async function createRelease(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository } = call;
  const fields = await fieldsOf(call);
  if (!textIn(fields, 'tag_name')) throw missing('tag_name');
  const now = new Date().toISOString();
  const blank = { name: null, body: null, draft: false, prerelease: false, publishedAt: null, assets: [] };
  const target = await repository.git.defaultBranch();
  const made = changed({ ...blank, id: state.nextId(), tag: '', target, createdAt: now }, fields);
  await settle(repository, made, fields);
  repository.releases.push(made);
  await state.save();
  return created(releaseShape(origin, repository, made));
}

export async function updateRelease(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository } = call;
  const fields = await fieldsOf(call);
  const before = releaseIn(call);
  const after = changed(before, fields);
  await settle(repository, after, fields);
  Object.assign(before, after, { assets: before.assets });
  await state.save();
  return ok(releaseShape(origin, repository, before));
}

function changed(release: StoredRelease, fields: Readonly<Record<string, unknown>>): StoredRelease {
  const draft = flagIn(fields, 'draft') ?? release.draft;
  return {
    ...release,
    tag: textIn(fields, 'tag_name') ?? release.tag,
    name: 'name' in fields ? (textIn(fields, 'name') ?? null) : release.name,
    body: 'body' in fields ? (textIn(fields, 'body') ?? null) : release.body,
    target: textIn(fields, 'target_commitish') ?? release.target,
    prerelease: flagIn(fields, 'prerelease') ?? release.prerelease,
    draft,
    publishedAt: draft ? release.publishedAt : (release.publishedAt ?? new Date().toISOString()),
  };
}

/** Refuses what GitHub refuses; a release that is published gets its tag, unless the tag is there. */
async function settle(repository: HostedRepository, release: StoredRelease, fields: Readonly<Record<string, unknown>>): Promise<void> {
  const { tag, target, draft, prerelease, id, body } = release;
  const ref = `refs/tags/${tag}`;
  if (!(await repository.git.isRefName(ref))) throw invalid(wrong('custom', 'tag_name', 'tag_name is not a valid tag'));
  if ((body ?? '').length > longestBody) throw invalid(wrong('custom', 'body', `body is too long (maximum is ${longestBody} characters)`));
  const there = await repository.git.commitSha(ref);
  const sha = there ?? (await repository.git.commitSha(target));
  if (!sha) throw invalid({ value: target, resource: 'Release', field: 'target_commitish', code: 'invalid' });
  if (draft) return;
  const latest = textIn(fields, 'make_latest');
  if (latest === 'true' && prerelease) throw invalid(wrong('custom', 'make_latest', 'Latest release cannot be draft or prerelease'));
  const other = publishedWith(repository, tag);
  if (other && other.id !== id) throw invalid(wrong('already_exists', 'tag_name'));
  if (!there && !(await repository.git.setRef(ref, null, sha)) && !(await repository.git.commitSha(ref)))
    throw invalid(wrong('custom', undefined, 'Published releases must have a valid tag'));
  const wasDraft = repository.releases.find((one) => one.id === id)?.draft ?? true;
  if (!prerelease && latest !== 'false' && (wasDraft || latest === 'true')) repository.latest = id;
}

/** The tag stays. */
export async function deleteRelease(call: RepositoryCall): Promise<Answer> {
  const { state, repository } = call;
  const gone = releaseIn(call);
  repository.releases = repository.releases.filter((one) => one !== gone);
  for (const { id } of gone.assets) await rm(state.assetPath(id), { force: true });
  await state.save();
  return nothing;
}

/** The pull requests that were merged since the release before, which git knows by the number at the end of a subject. */
export async function generateNotes(call: RepositoryCall): Promise<Answer> {
  const { origin, repository } = call;
  const fields = await fieldsOf(call);
  const tag = textIn(fields, 'tag_name');
  if (!tag) throw missing('tag_name');
  const target = textIn(fields, 'target_commitish') ?? (await repository.git.defaultBranch());
  const end = (await repository.git.commitSha(`refs/tags/${tag}`)) ?? (await repository.git.commitSha(target));
  if (!end) throw invalid({ value: target, resource: 'Release', field: 'target_commitish', code: 'invalid' });
  const previous = textIn(fields, 'previous_tag_name') ?? latestOf(repository)?.tag;
  const start = previous && (await repository.git.commitSha(`refs/tags/${previous}`));
  if (previous && !start) throw invalid(wrong('custom', 'previous_tag_name', 'previous_tag_name is not a valid tag'));
  const subjects = (await repository.git.run(['log', '--format=%s', start ? `${start}..${end}` : end])).split('\n');
  const page = `${origin}/${repository.name}`;
  const merged = subjects.flatMap((subject) => {
    const [, title, number] = /^(.+) \(#(\d+)\)$/.exec(subject) ?? [];
    return title && number ? [`* ${title} by @ghost in ${page}/pull/${number}`] : [];
  });
  const changes = merged.length > 0 ? `## What's Changed\n${merged.join('\n')}\n\n` : '';
  const link = start ? `${page}/compare/${previous}...${tag}` : `${page}/commits/${tag}`;
  return ok({ name: tag, body: `${changes}**Full Changelog**: ${link}` });
}
