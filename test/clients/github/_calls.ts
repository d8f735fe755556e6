import type { answers } from '../../../src/clients/github/answers.ts';
import type { GithubApi } from '../../../src/clients/github/api.ts';

const at = { owner: 'ada', repo: 'scheduler' };
const sha = 'a'.repeat(40);

/** A request for each method of the API that the client calls: the compiler finds one that is missing. */
const requests = {
  repos: {
    get: at,
    getCombinedStatusForRef: { ...at, ref: sha, per_page: 100 },
    createCommitStatus: { ...at, sha, state: 'success', context: 'c', description: 'd' },
    compareCommitsWithBasehead: { ...at, basehead: 'v1...main', per_page: 100, page: 2 },
    getLatestRelease: at,
    getReleaseByTag: { ...at, tag: 'v1' },
    getRelease: { ...at, release_id: 1 },
    listReleases: { ...at, per_page: 100 },
    createRelease: { ...at, tag_name: 'v1', name: 'v1', body: 'b', draft: true },
    updateRelease: { ...at, release_id: 1, draft: false, make_latest: 'false' },
    deleteRelease: { ...at, release_id: 1 },
    generateReleaseNotes: { ...at, tag_name: 'v1' },
    listReleaseAssets: { ...at, release_id: 1, per_page: 100 },
    uploadReleaseAsset: { ...at, release_id: 1, name: 'a', data: 'x', headers: { 'content-type': 'text/plain', 'content-length': 1 } },
    deleteReleaseAsset: { ...at, asset_id: 1 },
    getContent: { ...at, path: 'VERSION', ref: sha },
    createOrUpdateFileContents: { ...at, path: 'VERSION', message: 'm', content: 'eA==', sha, branch: 'main' },
  },
  git: {
    getCommit: { ...at, commit_sha: sha },
    getRef: { ...at, ref: 'tags/v1' },
    createRef: { ...at, ref: 'refs/heads/x', sha },
    listMatchingRefs: { ...at, ref: 'tags/v' },
    getTag: { ...at, tag_sha: sha },
  },
  pulls: { list: { ...at, state: 'open', head: 'ada:x', base: 'main' }, create: { ...at, head: 'x', base: 'main', title: 't' } },
} as const satisfies { [S in keyof typeof answers]: { [M in keyof (typeof answers)[S]]: object } };

/** One of them, for the client that a test has. `url`: where uploads go. */
export interface OneCall {
  readonly name: string;
  readonly isRead: boolean;
  send(api: GithubApi, url: string): Promise<unknown>;
}

const reads = /^(get|list|compare|generate)/;

export const everyCall: readonly OneCall[] = Object.entries(requests).flatMap(([scope, methods]) =>
  Object.entries(methods).map(([name, parameters]) => ({
    name: `${scope}.${name}`,
    isRead: reads.test(name),
    send: async (api, url) => {
      const calls = api.rest[scope as keyof typeof answers] as unknown as Readonly<
        Record<string, (parameters: object) => Promise<unknown>>
      >;
      const upload = name === 'uploadReleaseAsset' && { url: `${url}/repos/ada/scheduler/releases/1/assets{?name,label}` };
      return await calls[name]?.({ ...parameters, ...upload });
    },
  })),
);
