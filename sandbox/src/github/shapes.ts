import { apiOf, botShape, nodeId, pageOfRepository } from './repository-shape.ts';
import type { HostedRepository, StoredAsset, StoredRelease, StoredStatus } from './state.ts';

/** The part of a path that a tag makes. */
export const tagPath = (tag: string): string => tag.split('/').map(encodeURIComponent).join('/');

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
    author: botShape(origin),
    node_id: nodeId('RE', id),
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
    node_id: nodeId('RA', asset.id),
    name: asset.name,
    label: asset.label,
    uploader: botShape(origin),
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
  return {
    url,
    avatar_url: `${origin}/avatars/1`,
    id,
    node_id: nodeId('SC', id),
    state,
    context,
    description,
    target_url: targetUrl,
    created_at: at,
    updated_at: at,
    creator: botShape(origin),
  };
}
