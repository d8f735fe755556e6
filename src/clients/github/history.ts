import { cut } from '../../core/text/cut.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import type { SentCommit } from './answers.ts';
import type { GithubApi } from './api.ts';
import { type GithubRequest, orNone } from './github-error.ts';
import { pagesOf } from './pages.ts';
import { repositoryOf } from './place.ts';
import type { ComparedCommit, Comparison, GithubRelease } from './release.ts';
import { releaseFrom } from './release-body.ts';

/** Commits per page of GitHub's comparison, and how many pages are read at most. */
const pageSize = 100;
const mostPages = 3;
const longestBody = 2_000;

/** "the release v1.2.0 of owner/name", for a sentence. */
export const releaseTag = (github: string, tag: string): string => `the release ${tag} of ${github}`;

export async function tagSha(octokit: GithubApi, ask: GithubRequest, github: string, tag: string): Promise<string | undefined> {
  const at = repositoryOf(github);
  return ask(`the tag ${tag} of ${github}`, async () => {
    let object = (await orNone(octokit.rest.git.getRef({ ...at, ref: `tags/${tag}` })))?.data.object;
    // A tag may point to another tag; git itself has no depth limit.
    for (let depth = 0; object?.type === 'tag' && depth < 8; depth++) {
      object = (await octokit.rest.git.getTag({ ...at, tag_sha: object.sha })).data.object;
    }
    return object?.sha;
  });
}

/** Uses git refs: GitHub's latest release ignores pre-releases and tags without a release. */
export async function tagsWith(octokit: GithubApi, ask: GithubRequest, github: string, prefix: string): Promise<readonly string[]> {
  const start = 'refs/tags/';
  const wanted = { ...repositoryOf(github), ref: prefix === '' ? 'tags' : `tags/${prefix}` };
  const refs = await ask(`the tags of ${github}`, () => pagesOf(octokit.rest.git.listMatchingRefs, wanted));
  return refs.flatMap(({ ref }) => (ref.startsWith(start + prefix) ? [ref.slice(start.length)] : []));
}

export async function latestRelease(octokit: GithubApi, ask: GithubRequest, github: string): Promise<GithubRelease | undefined> {
  const at = repositoryOf(github);
  const found = await ask(`the latest release of ${github}`, () => orNone(octokit.rest.repos.getLatestRelease(at)));
  return found && releaseFrom(found.data);
}

export async function generateNotes(
  octokit: GithubApi,
  ask: GithubRequest,
  github: string,
  { tag, target, previous }: { readonly tag: string; readonly target: string; readonly previous?: string },
): Promise<string> {
  const wanted = { ...repositoryOf(github), tag_name: tag, target_commitish: target, ...(previous && { previous_tag_name: previous }) };
  const { data } = await ask(`notes for ${tag} of ${github}`, () => octokit.rest.repos.generateReleaseNotes(wanted));
  return data.body;
}

export async function compare(octokit: GithubApi, ask: GithubRequest, github: string, base: string, head: string): Promise<Comparison> {
  const at = { ...repositoryOf(github), basehead: `${base}...${head}`, per_page: pageSize };
  return ask(`what is new from ${base} to ${head} in ${github}`, async () => {
    const page = async (number: number) => {
      return (await octokit.rest.repos.compareCommitsWithBasehead({ ...at, page: number })).data;
    };
    const first = await page(1);
    const last = Math.ceil(first.total_commits / pageSize);
    const commits: ComparedCommit[] = last <= mostPages ? first.commits.map(comparedCommit) : [];
    for (let number = Math.max(2, last - mostPages + 1); number <= last; number++) {
      commits.push(...(await page(number)).commits.map(comparedCommit));
    }
    return { total: first.total_commits, commits, url: first.html_url };
  });
}

function comparedCommit({ sha, commit }: SentCommit): ComparedCommit {
  const [subject = '', ...rest] = commit.message.split('\n');
  const body = cut(rest.join('\n').trim(), longestBody);
  return { sha, subject: plainLine(subject), body, author: plainLine(commit.author?.name ?? '') };
}
