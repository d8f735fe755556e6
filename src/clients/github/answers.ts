import { z } from 'zod';

/** Of a request that is answered by 204, without a body. */
export const nothing = z.undefined();

const release = z.object({
  id: z.int(),
  tag_name: z.string(),
  target_commitish: z.string(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  html_url: z.string(),
  /** Without one, Octokit would send content and login to github.com. */
  upload_url: z.string(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  published_at: z.string().nullish(),
});

const asset = z.object({
  id: z.int(),
  name: z.string(),
  state: z.string(),
  size: z.int(),
  digest: z.string().nullish(),
  browser_download_url: z.string(),
});

const ref = z.object({ ref: z.string(), object: z.object({ type: z.string(), sha: z.string() }) });

const comparedCommit = z.object({
  sha: z.string(),
  html_url: z.string().optional(),
  commit: z.object({ message: z.string(), author: z.object({ name: z.string().optional() }).nullable() }),
});

const content = z.union([
  z.array(z.object({ type: z.string() })),
  z.object({ type: z.literal('file'), encoding: z.string(), size: z.int(), sha: z.string(), content: z.string() }),
  z.object({ type: z.enum(['dir', 'symlink', 'submodule']) }),
]);

const pull = z.object({ number: z.int(), html_url: z.string() });

/**
 * What the client reads of GitHub's answers, by the methods of Octokit: an answer counts only if all of this is there, and nothing else
 * is passed on. What an older Enterprise Server does not send is optional.
 */
export const answers = {
  repos: {
    get: z.object({ full_name: z.string(), private: z.boolean(), permissions: z.object({ push: z.boolean().optional() }).optional() }),
    getCombinedStatusForRef: z.object({
      statuses: z.array(z.object({ context: z.string(), state: z.string(), description: z.string().nullish() })),
    }),
    createCommitStatus: z.object({ state: z.string(), context: z.string() }),
    compareCommitsWithBasehead: z.object({ total_commits: z.int(), html_url: z.string(), commits: z.array(comparedCommit) }),
    getLatestRelease: release,
    getReleaseByTag: release,
    getRelease: release,
    listReleases: z.array(release),
    createRelease: release,
    updateRelease: release,
    deleteRelease: nothing,
    generateReleaseNotes: z.object({ body: z.string() }),
    listReleaseAssets: z.array(asset),
    uploadReleaseAsset: asset,
    deleteReleaseAsset: nothing,
    getContent: content,
    createOrUpdateFileContents: z.object({
      commit: z.object({
        sha: z.string().min(1),
        html_url: z.string().optional(),
        parents: z.array(z.object({ sha: z.string().optional() })).optional(),
      }),
    }),
  },
  git: {
    getCommit: z.object({
      sha: z.string(),
      message: z.string(),
      html_url: z.string(),
      author: z.object({ name: z.string(), email: z.string(), date: z.string() }),
    }),
    getRef: ref,
    createRef: ref,
    listMatchingRefs: z.array(ref),
    getTag: z.object({ object: z.object({ type: z.string(), sha: z.string() }) }),
  },
  pulls: { list: z.array(pull), create: pull },
} as const;

/** A token of an App, which Octokit requests by itself. */
export const appToken = z.looseObject({ token: z.string().min(1), expires_at: z.string(), permissions: z.record(z.string(), z.string()) });

/** A release as GitHub sends it. */
export type SentRelease = z.infer<typeof release>;

/** An asset as GitHub sends it. */
export type ListedAsset = z.infer<typeof asset>;

/** A commit of a comparison as GitHub sends it. */
export type SentCommit = z.infer<typeof comparedCommit>;
