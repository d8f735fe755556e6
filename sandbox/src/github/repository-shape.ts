import type { HostedRepository } from './state.ts';

export const apiOf = (origin: string, { name }: Pick<HostedRepository, 'name'>): string => `${origin}/api/v3/repos/${name}`;
export const pageOfRepository = (origin: string, { name }: Pick<HostedRepository, 'name'>): string => `${origin}/${name}`;

/** What stands in an answer for GraphQL alone. */
export const nodeId = (kind: string, id: number | string): string => `${kind}_${id}`;

/** A user or organization, with the addresses that GitHub gives each of them. */
export function accountShape(origin: string, { login, id, type }: { login: string; id: number; type: 'Bot' | 'Organization' }): object {
  const api = `${origin}/api/v3/users/${login}`;
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `${origin}/avatars/${id}`,
    gravatar_id: '',
    url: api,
    html_url: `${origin}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  };
}

export const botShape = (origin: string): object => accountShape(origin, { login: 'coxswain-bot', id: 1, type: 'Bot' });

/** The addresses of a repository, below its own, by the field that they stand in. */
const addresses = {
  archive: '{archive_format}{/ref}',
  assignees: 'assignees{/user}',
  blobs: 'git/blobs{/sha}',
  branches: 'branches{/branch}',
  collaborators: 'collaborators{/collaborator}',
  comments: 'comments{/number}',
  commits: 'commits{/sha}',
  compare: 'compare/{base}...{head}',
  contents: 'contents/{+path}',
  contributors: 'contributors',
  deployments: 'deployments',
  downloads: 'downloads',
  events: 'events',
  forks: 'forks',
  git_commits: 'git/commits{/sha}',
  git_refs: 'git/refs{/sha}',
  git_tags: 'git/tags{/sha}',
  hooks: 'hooks',
  issue_comment: 'issues/comments{/number}',
  issue_events: 'issues/events{/number}',
  issues: 'issues{/number}',
  keys: 'keys{/key_id}',
  labels: 'labels{/name}',
  languages: 'languages',
  merges: 'merges',
  milestones: 'milestones{/number}',
  notifications: 'notifications{?since,all,participating}',
  pulls: 'pulls{/number}',
  releases: 'releases{/id}',
  stargazers: 'stargazers',
  statuses: 'statuses/{sha}',
  subscribers: 'subscribers',
  subscription: 'subscription',
  tags: 'tags',
  teams: 'teams',
  trees: 'git/trees{/sha}',
} as const;

const features = ['issues', 'projects', 'downloads', 'wiki', 'pages', 'discussions'];
const counts = ['forks', 'open_issues', 'watchers'];

export async function repositoryShape(origin: string, { name, git }: HostedRepository): Promise<object> {
  return shapeOf(origin, { name, defaultBranch: await git.defaultBranch() });
}

/** A repository of an installation, which need not be hosted here. */
export function shapeOf(origin: string, repository: { readonly name: string; readonly defaultBranch: string }): object {
  const [login = '', name = ''] = repository.name.split('/');
  const [api, page] = [apiOf(origin, repository), pageOfRepository(origin, repository)];
  const since = '2026-01-01T00:00:00Z';
  return {
    id: 1,
    node_id: nodeId('R', 1),
    name,
    full_name: repository.name,
    private: false,
    owner: accountShape(origin, { login, id: 2, type: 'Organization' }),
    html_url: page,
    description: null,
    fork: false,
    url: api,
    ...Object.fromEntries(Object.entries(addresses).map(([field, path]) => [`${field}_url`, `${api}/${path}`])),
    clone_url: `${page}.git`,
    git_url: `${page}.git`,
    ssh_url: `git@github:${repository.name}.git`,
    svn_url: page,
    mirror_url: null,
    default_branch: repository.defaultBranch,
    ...Object.fromEntries(features.map((feature) => [`has_${feature}`, false])),
    ...Object.fromEntries(counts.flatMap((count) => [[count, 0] as const, [`${count}_count`, 0] as const])),
    stargazers_count: 0,
    subscribers_count: 0,
    network_count: 0,
    size: 0,
    homepage: null,
    language: null,
    license: null,
    archived: false,
    disabled: false,
    pushed_at: since,
    created_at: since,
    updated_at: since,
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  };
}
