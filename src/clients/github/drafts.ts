import type { Octokit } from '@octokit/rest';
import { UserError } from '../../core/errors.ts';
import { keepAssets } from './asset-uploads.ts';
import { GithubError, type GithubRequest, orNone } from './github-error.ts';
import { releaseTag, tagSha } from './history.ts';
import { type GithubRepository, repositoryOf } from './place.ts';
import type { FoundRelease, GithubRelease, WantedDraft } from './release.ts';
import { hasMarker, marked, markerIn, releaseFrom, type Sent } from './release-body.ts';

/** Finds, creates and publishes drafts. Every step checks the current state first, so it is idempotent. */
export class Drafts {
  readonly #octokit: Octokit;
  readonly #ask: GithubRequest;

  constructor(octokit: Octokit, ask: GithubRequest) {
    this.#octokit = octokit;
    this.#ask = ask;
  }

  async find(github: string, tag: string, marker: string): Promise<FoundRelease> {
    const at = repositoryOf(github);
    return this.#ask(releaseTag(github, tag), async () => {
      const published = await orNone(this.#octokit.rest.repos.getReleaseByTag({ ...at, tag }));
      if (published) return { state: 'published', ours: hasMarker(published.data, marker), release: releaseFrom(published.data) };
      const [draft] = await this.#draftsOf(at, tag, marker);
      return draft ? { state: 'draft', ours: true, release: releaseFrom(draft) } : { state: 'none' };
    });
  }

  async ensure(github: string, wanted: WantedDraft): Promise<GithubRelease> {
    const { tag, target, marker } = wanted;
    const at = repositoryOf(github);
    const found = await this.find(github, tag, marker);
    if (found.state === 'published') {
      if (found.ours) return found.release;
      throw new UserError(`${github} ${tag} is already released: ${found.release.url} . Bump the version and release again.`);
    }
    await this.#tagIsFree(github, tag, target);
    return this.#ask(releaseTag(github, tag), async () => {
      const fields = fieldsOf(at, wanted);
      const [draft, ...others] = await this.#draftsOf(at, tag, marker);
      await this.#remove(at, others);
      // If the response is lost, the next call of this step finds the draft by its marker.
      if (!draft) return releaseFrom((await this.#octokit.rest.repos.createRelease(fields)).data);
      if (isAs(draft, fields)) return releaseFrom(draft);
      return releaseFrom((await this.#octokit.rest.repos.updateRelease({ ...fields, release_id: draft.id })).data);
    });
  }

  async publish(
    github: string,
    releaseId: number,
    { makeLatest, assets }: { readonly makeLatest: boolean; readonly assets?: readonly string[] },
  ): Promise<GithubRelease> {
    const at = repositoryOf(github);
    const what = `release ${releaseId} of ${github}`;
    const before = await this.#ask(
      what,
      async () => (await orNone(this.#octokit.rest.repos.getRelease({ ...at, release_id: releaseId })))?.data,
    );
    if (!before) throw new GithubError(`${what} is gone: somebody has deleted the draft. It has to be created again.`);
    const { tag_name: tag, target_commitish: target } = before;
    if (before.draft) await this.#tagIsFree(github, tag, target);
    const marker = markerIn(before);
    const release = await this.#ask(releaseTag(github, tag), async () => {
      // Before publishing, because nothing would clean them up afterwards.
      const others = marker ? await this.#draftsOf(at, tag, marker) : [];
      await this.#remove(
        at,
        others.filter(({ id }) => id !== releaseId),
      );
      if (!before.draft) return before;
      if (assets) await keepAssets(this.#octokit, { ...at, release_id: releaseId }, assets);
      const latest = makeLatest && !before.prerelease ? 'true' : 'false';
      return (await this.#octokit.rest.repos.updateRelease({ ...at, release_id: releaseId, draft: false, make_latest: latest })).data;
    });
    await this.#tagIsAt(github, tag, target);
    return releaseFrom(release);
  }

  /** Our drafts for this tag, oldest first. There can be two if a response was lost and the list lagged behind. */
  async #draftsOf(at: GithubRepository, tag: string, marker: string): Promise<Sent[]> {
    const all = await this.#octokit.paginate(this.#octokit.rest.repos.listReleases, { ...at, per_page: 100 });
    return all.filter((one) => one.draft && one.tag_name === tag && hasMarker(one, marker)).sort((a, b) => a.id - b.id);
  }

  async #remove(at: GithubRepository, releases: readonly Sent[]): Promise<void> {
    for (const { id } of releases) await orNone(this.#octokit.rest.repos.deleteRelease({ ...at, release_id: id }));
  }

  /** GitHub uses an existing tag as it is, whatever commit the release names. */
  async #tagIsFree(github: string, tag: string, target: string): Promise<void> {
    const there = await tagSha(this.#octokit, this.#ask, github, tag);
    if (there !== undefined && there !== target)
      throw new UserError(
        `The tag ${tag} of ${github} is at another commit: ${there.slice(0, 7)}, not ${target.slice(0, 7)}. Bump the version, or remove the tag if it was created by mistake.`,
      );
  }

  async #tagIsAt(github: string, tag: string, target: string): Promise<void> {
    const there = await tagSha(this.#octokit, this.#ask, github, tag);
    if (there === target) return;
    const at = there ? `is at ${there.slice(0, 7)}, not ${target.slice(0, 7)}` : 'does not exist';
    throw new GithubError(`${releaseTag(github, tag)} is published, and its tag ${at}. Find out who moved it.`, { retry: !there });
  }
}

function fieldsOf(at: GithubRepository, { tag, name, body, target, prerelease, marker }: WantedDraft) {
  return { ...at, tag_name: tag, name, body: marked(body, marker), target_commitish: target, prerelease, draft: true };
}

function isAs(draft: Sent, wanted: ReturnType<typeof fieldsOf>): boolean {
  return (
    draft.name === wanted.name &&
    draft.body === wanted.body &&
    draft.target_commitish === wanted.target_commitish &&
    draft.prerelease === wanted.prerelease
  );
}
