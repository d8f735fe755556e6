import { type Answer, created, fieldsOf, flagIn, nothing, ok, pageOf, type RepositoryCall, textIn } from './call.ts';
import { commitShape, gitCommitShape } from './commit-shape.ts';
import { missing, notFound, Refusal } from './errors.ts';
import type { GitCommit } from './repository.ts';
import { apiOf, nodeId, pageOfRepository, repositoryShape } from './repository-shape.ts';
import { tagPath } from './shapes.ts';
import type { HostedRepository } from './state.ts';

export const getRepository = async ({ origin, repository }: RepositoryCall): Promise<Answer> =>
  ok(await repositoryShape(origin, repository));

/** The commit that a revision names. */
async function commitNamed({ git }: HostedRepository, revision: string): Promise<GitCommit | undefined> {
  const sha = await git.commitSha(revision);
  return sha === undefined ? undefined : git.commit(sha);
}

export async function getGitCommit({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const commit = /^[0-9a-f]{40}$/.test(params.sha ?? '') ? await commitNamed(repository, params.sha ?? '') : undefined;
  if (!commit) throw notFound();
  return ok(gitCommitShape(origin, repository, commit));
}

export async function getCommit({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const commit = await commitNamed(repository, params.ref ?? '');
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${params.ref}`);
  return ok({ ...commitShape(origin, repository, commit), stats: { total: 0, additions: 0, deletions: 0 }, files: [] });
}

export async function getBranch({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const commit = await commitNamed(repository, `refs/heads/${params.branch}`);
  if (!commit) throw notFound('Branch not found');
  const self = `${apiOf(origin, repository)}/branches/${params.branch}`;
  return ok({
    name: params.branch,
    commit: commitShape(origin, repository, commit),
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`,
    _links: { self, html: `${pageOfRepository(origin, repository)}/tree/${params.branch}` },
  });
}

export async function listTags(call: RepositoryCall): Promise<Answer> {
  const { origin, repository } = call;
  const { items, headers } = pageOf(call, (await repository.git.refs('refs/tags')).toReversed());
  const json = items.map(async ({ name }) => {
    const sha = await repository.git.commitSha(name);
    const tag = name.slice('refs/tags/'.length);
    const [api, page] = [apiOf(origin, repository), pageOfRepository(origin, repository)];
    const archive = (kind: string) => `${page}/archive/refs/tags/${tagPath(tag)}.${kind}`;
    const commit = { sha, url: `${api}/commits/${sha}` };
    return { name: tag, node_id: nodeId('REF', tag), commit, zipball_url: archive('zip'), tarball_url: archive('tar.gz') };
  });
  return { status: 200, headers, json: await Promise.all(json) };
}

/** GET /compare/{base}...{head}: what `head` has and `base` has not, the oldest first, in pages. */
export async function compare(call: RepositoryCall): Promise<Answer> {
  const { origin, repository, params } = call;
  const [base = '', head = ''] = (params.basehead ?? '').split('...');
  const [from, to] = [await commitNamed(repository, base), await commitNamed(repository, head)];
  if (!from || !to) throw notFound();
  const listed = async (range: string): Promise<string[]> =>
    (await repository.git.run(['rev-list', '--reverse', '--topo-order', range])).split('\n').filter(Boolean);
  const [ahead, behind] = [await listed(`${from.sha}..${to.sha}`), await listed(`${to.sha}..${from.sha}`)];
  const merged = await commitNamed(repository, (await repository.git.run(['merge-base', from.sha, to.sha])).trim());
  const page = pageOfRepository(origin, repository);
  const { items, headers } = pageOf(call, ahead);
  const commits = await Promise.all(items.map((sha) => commitNamed(repository, sha)));
  const status = behind.length > 0 ? (ahead.length > 0 ? 'diverged' : 'behind') : ahead.length > 0 ? 'ahead' : 'identical';
  const json = {
    url: `${apiOf(origin, repository)}/compare/${base}...${head}`,
    html_url: `${page}/compare/${base}...${head}`,
    permalink_url: `${page}/compare/${base}...${head}`,
    diff_url: `${page}/compare/${base}...${head}.diff`,
    patch_url: `${page}/compare/${base}...${head}.patch`,
    base_commit: commitShape(origin, repository, from),
    merge_base_commit: merged && commitShape(origin, repository, merged),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: commits.flatMap((commit) => (commit ? [commitShape(origin, repository, commit)] : [])),
    files: [],
  };
  return { status: 200, headers, json };
}

const refShape = (origin: string, repository: HostedRepository, ref: { name: string; sha: string; type: string }): object => ({
  ref: ref.name,
  node_id: nodeId('REF', ref.name),
  url: `${apiOf(origin, repository)}/git/${ref.name}`,
  object: { sha: ref.sha, type: ref.type, url: `${apiOf(origin, repository)}/git/${ref.type}s/${ref.sha}` },
});

export async function getRef({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const name = `refs/${params.ref}`;
  const found = await repository.git.ref(name);
  if (!found) throw notFound();
  return ok(refShape(origin, repository, { name, ...found }));
}

/** All of them: GitHub has no pages of these. */
export async function matchingRefs({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const found = (await repository.git.refs('refs')).filter(({ name }) => name.startsWith(`refs/${params.ref}`));
  return ok(found.map((one) => refShape(origin, repository, one)));
}

export async function createRef(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository } = call;
  const fields = await fieldsOf(call);
  const [name, sha] = [textIn(fields, 'ref'), textIn(fields, 'sha')];
  if (!name) throw missing('ref');
  if (!sha) throw missing('sha');
  if (!/^refs\/(heads|tags)\//.test(name) || !(await repository.git.isRefName(name))) throw new Refusal(422, 'Reference name is invalid');
  if (!(await repository.git.commitSha(sha))) throw new Refusal(422, 'Object does not exist');
  if (!(await repository.git.setRef(name, null, sha))) throw new Refusal(422, 'Reference already exists');
  await state.save();
  return created(refShape(origin, repository, { name, sha, type: 'commit' }));
}

export async function updateRef(call: RepositoryCall): Promise<Answer> {
  const { state, origin, repository, params } = call;
  const fields = await fieldsOf(call);
  const name = `refs/${params.ref}`;
  const [before, sha] = [await repository.git.ref(name), textIn(fields, 'sha')];
  if (!before) throw new Refusal(422, 'Reference does not exist');
  if (!sha || !(await repository.git.commitSha(sha))) throw new Refusal(422, 'Object does not exist');
  const lost = await repository.git.run(['rev-list', `${sha}..${before.sha}`]);
  if (lost.trim() && !flagIn(fields, 'force')) throw new Refusal(422, 'Update is not a fast forward');
  if (!(await repository.git.setRef(name, before.sha, sha))) throw new Refusal(409, 'Reference has moved');
  await state.save();
  return ok(refShape(origin, repository, { name, sha, type: 'commit' }));
}

export async function deleteRef({ state, repository, params }: RepositoryCall): Promise<Answer> {
  const name = `refs/${params.ref}`;
  const before = await repository.git.ref(name);
  if (!before || !(await repository.git.setRef(name, before.sha, null))) throw new Refusal(422, 'Reference does not exist');
  await state.save();
  return nothing;
}

/** An annotated tag by the SHA of its object. */
export async function getTag({ origin, repository, params }: RepositoryCall): Promise<Answer> {
  const sha = params.sha ?? '';
  const tag = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.tag(sha) : undefined;
  if (!tag) throw notFound();
  const { object, ...rest } = tag;
  const api = `${apiOf(origin, repository)}/git`;
  return ok({
    sha,
    node_id: nodeId('TA', sha),
    url: `${api}/tags/${sha}`,
    ...rest,
    object: { ...object, url: `${api}/${object.type}s/${object.sha}` },
  });
}
