import type { GitCommit } from './repository.ts';
import type { HostedRepository, StoredAsset, StoredPull, StoredRelease, StoredStatus } from './state.ts';

const bot = {
  login: 'coxswain[bot]',
  id: 1,
  type: 'Bot',
  site_admin: false,
};

export const apiOf = (origin: string, { name }: Pick<HostedRepository, 'name'>): string => `${origin}/api/v3/repos/${name}`;
export const pageOfRepository = (origin: string, { name }: Pick<HostedRepository, 'name'>): string => `${origin}/${name}`;

/** The part of a path that a tag makes. */
export const tagPath = (tag: string): string => tag.split('/').map(encodeURIComponent).join('/');

export async function repositoryShape(origin: string, repository: HostedRepository): Promise<object> {
  const [owner = '', name = ''] = repository.name.split('/');
  return {
    id: 1,
    name,
    full_name: repository.name,
    private: false,
    owner: { login: owner, id: 2, type: 'Organization' },
    html_url: pageOfRepository(origin, repository),
    url: apiOf(origin, repository),
    default_branch: await repository.git.defaultBranch(),
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  };
}

/** Where a release's assets can be downloaded; a draft has no tag yet. */
export const downloadFolder = ({ draft, id, tag }: StoredRelease): string =>
  draft ? `untagged-${id.toString(16).padStart(20, '0')}` : tagPath(tag);

export function releaseShape(origin: string, repository: HostedRepository, release: StoredRelease): object {
  const api = apiOf(origin, repository);
  const page = pageOfRepository(origin, repository);
  const { id, tag, draft } = release;
  return {
    url: `${api}/releases/${id}`,
    assets_url: `${api}/releases/${id}/assets`,
    upload_url: `${origin}/api/uploads/repos/${repository.name}/releases/${id}/assets{?name,label}`,
    html_url: `${page}/releases/tag/${downloadFolder(release)}`,
    id,
    author: bot,
    node_id: `RE_${id}`,
    tag_name: tag,
    target_commitish: release.target,
    name: release.name,
    draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.publishedAt ?? release.createdAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => assetShape(origin, repository, release, asset)),
    tarball_url: draft ? null : `${api}/tarball/${tagPath(tag)}`,
    zipball_url: draft ? null : `${api}/zipball/${tagPath(tag)}`,
    body: release.body,
  };
}

export function assetShape(origin: string, repository: HostedRepository, release: StoredRelease, asset: StoredAsset): object {
  return {
    url: `${apiOf(origin, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: `RA_${asset.id}`,
    name: asset.name,
    label: asset.label,
    uploader: bot,
    content_type: asset.contentType,
    state: asset.state,
    size: asset.size,
    digest: asset.digest,
    download_count: 0,
    created_at: asset.at,
    updated_at: asset.at,
    browser_download_url: `${pageOfRepository(origin, repository)}/releases/download/${downloadFolder(release)}/${encodeURIComponent(asset.name)}`,
  };
}

export function statusShape(origin: string, repository: HostedRepository, { targetUrl, at, ...status }: StoredStatus): object {
  const { id, sha, state, context, description } = status;
  const url = `${apiOf(origin, repository)}/statuses/${sha}`;
  return { url, id, state, context, description, target_url: targetUrl, created_at: at, updated_at: at, creator: bot };
}

/** A commit of the git database. */
export function gitCommitShape(origin: string, repository: HostedRepository, commit: GitCommit): object {
  const api = apiOf(origin, repository);
  return {
    sha: commit.sha,
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${pageOfRepository(origin, repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/git/commits/${sha}` })),
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null },
  };
}

/** A commit of the repository's history. */
export function commitShape(origin: string, repository: HostedRepository, commit: GitCommit): object {
  const { sha, author, committer, message, tree, parents } = commit;
  return {
    sha,
    url: `${apiOf(origin, repository)}/commits/${sha}`,
    html_url: `${pageOfRepository(origin, repository)}/commit/${sha}`,
    commit: { author, committer, message, tree: { sha: tree }, comment_count: 0 },
    author: null,
    committer: null,
    parents: parents.map((parent) => ({ sha: parent })),
  };
}

export function pullShape(origin: string, repository: HostedRepository, pull: StoredPull): object {
  const [owner] = repository.name.split('/');
  return {
    url: `${apiOf(origin, repository)}/pulls/${pull.number}`,
    html_url: `${pageOfRepository(origin, repository)}/pull/${pull.number}`,
    id: pull.number,
    number: pull.number,
    state: 'open',
    title: pull.title,
    body: pull.body,
    user: bot,
    head: { ref: pull.head, label: `${owner}:${pull.head}` },
    base: { ref: pull.base, label: `${owner}:${pull.base}` },
    created_at: pull.at,
    draft: false,
    merged: false,
  };
}
