import { UserError } from '../../core/errors.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { SentRelease } from './answers.ts';
import type { GithubApi } from './api.ts';
import { assetsIn, keepAssets, problemOf } from './asset-uploads.ts';
import { GithubError, type GithubRequest, orNone } from './github-error.ts';
import { releaseTag, tagSha } from './history.ts';
import { pagesOf } from './pages.ts';
import { type GithubRepository, repositoryOf } from './place.ts';
import type { FoundRelease, GithubRelease, SentAsset, WantedDraft, WantedRelease } from './release.ts';
import { hasMarker, marked, releaseFrom } from './release-body.ts';

/** What is published, and how. */
export interface Publication {
  readonly wanted: WantedRelease;
  readonly makeLatest: boolean;
  /** Absent if it is not known which files it must have. */
  readonly assets?: readonly SentAsset[];
}

/** Finds, creates and publishes drafts. Every step checks the current state first, so it is idempotent. */
export class Drafts {
  readonly #octokit: GithubApi;
  readonly #ask: GithubRequest;

  constructor(octokit: GithubApi, ask: GithubRequest) {
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
      const fields = { ...at, ...fieldsOf(wanted), body: marked(wanted.body, marker), draft: true };
      const [draft, ...others] = await this.#draftsOf(at, tag, marker);
      await this.#remove(at, others);
      // If the response is lost, the next call of this step finds the draft by its marker.
      if (!draft) return releaseFrom((await this.#octokit.rest.repos.createRelease(fields)).data);
      if (isAs(draft, fields)) return releaseFrom(draft);
      return releaseFrom((await this.#octokit.rest.repos.updateRelease({ ...fields, release_id: draft.id })).data);
    });
  }

  async publish(github: string, releaseId: number, { wanted, makeLatest, assets }: Publication): Promise<GithubRelease> {
    const { tag, target } = wanted;
    const at = repositoryOf(github);
    const before = await this.#release(github, releaseId);
    if (before.draft) {
      await this.#tagIsFree(github, tag, target);
      await this.#ask(releaseTag(github, tag), async () => {
        // Before publishing, because nothing would clean them up afterwards.
        const others = await this.#draftsOf(at, tag, wanted.marker);
        await this.#remove(
          at,
          others.filter(({ id }) => id !== releaseId),
        );
        if (assets) await keepAssets(this.#octokit, { ...at, release_id: releaseId }, assets);
        const latest = makeLatest && !wanted.prerelease ? 'true' : 'false';
        // All of it again: somebody may have edited the draft, and may do so until it is published.
        const fields = { ...at, release_id: releaseId, ...fieldsOf(wanted), ...bodyOf(before, wanted) };
        await this.#octokit.rest.repos.updateRelease({ ...fields, draft: false, make_latest: latest });
      });
    }
    return this.#published(github, releaseId, { wanted, assets: assets ?? [], isNew: before.draft });
  }

  /** Reads back what is published. */
  async #published(
    github: string,
    releaseId: number,
    { wanted, assets, isNew }: { readonly wanted: WantedRelease; readonly assets: readonly SentAsset[]; readonly isNew: boolean },
  ): Promise<GithubRelease> {
    const { tag, target } = wanted;
    const sent = await this.#release(github, releaseId);
    const what = releaseTag(github, tag);
    if (sent.draft) throw new GithubError(`${what} is still a draft, although GitHub has accepted to publish it`);
    if (sent.tag_name !== tag)
      throw new UserError(
        `Somebody has published ${what} under another tag, ${plainLine(sent.tag_name, 100)}: ${sent.html_url} . Delete that release and its tag, then retry.`,
      );
    const there = await tagSha(this.#octokit, this.#ask, github, tag);
    if (there === undefined && (isNew || mayLag(sent))) throw new GithubError(`${what} is published, and its tag does not exist yet`);
    if (there !== target) throw new UserError(`${what} is published (${sent.html_url}), but ${wrongTag(tag, target, there)}`);
    const listed = await this.#ask(what, () => assetsIn(this.#octokit, { ...repositoryOf(github), release_id: releaseId }));
    const wrong = assets.flatMap((asset) => problemOf(asset, listed) ?? [])[0];
    if (wrong)
      throw new UserError(
        `${what} is published (${sent.html_url}), but ${wrong}. Delete that release on GitHub, leave its tag, and retry: it is then made again.`,
      );
    return releaseFrom(sent);
  }

  async #release(github: string, releaseId: number): Promise<SentRelease> {
    const what = `release ${releaseId} of ${github}`;
    const at = { ...repositoryOf(github), release_id: releaseId };
    const found = await this.#ask(what, () => orNone(this.#octokit.rest.repos.getRelease(at)));
    if (!found) throw new GithubError(`${what} is gone: somebody has deleted the draft. It has to be created again.`);
    return found.data;
  }

  /** Our drafts for this tag, oldest first. There can be two if a response was lost and the list lagged behind. */
  async #draftsOf(at: GithubRepository, tag: string, marker: string): Promise<SentRelease[]> {
    const all = await pagesOf(this.#octokit.rest.repos.listReleases, { ...at, per_page: 100 });
    return all.filter((one) => one.draft && one.tag_name === tag && hasMarker(one, marker)).sort((a, b) => a.id - b.id);
  }

  async #remove(at: GithubRepository, releases: readonly SentRelease[]): Promise<void> {
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
}

/** How long the tag of a release may lag behind its publication. */
const mostLagMs = 600_000;

/** Whether a release was published so short a time ago, whoever did it, that its tag may still be to come. By this machine's clock. */
function mayLag({ published_at: at }: SentRelease): boolean {
  return Math.abs(machineTime().getTime() - Date.parse(at ?? '')) < mostLagMs;
}

function wrongTag(tag: string, target: string, there: string | undefined): string {
  const short = target.slice(0, 7);
  const is =
    there === undefined ? 'does not exist: somebody has removed it' : `is at ${there.slice(0, 7)}, not ${short}: somebody has moved it`;
  return `its tag ${is}. Put the tag ${tag} at ${short} again, then retry.`;
}

function fieldsOf({ tag, name, target, prerelease }: WantedRelease) {
  return { tag_name: tag, name, target_commitish: target, prerelease };
}

/** The text of the notes may be edited in the draft, so it is only sent again if the marker was lost. */
function bodyOf(before: SentRelease, { marker }: WantedRelease): { readonly body?: string } {
  return hasMarker(before, marker) ? {} : { body: marked(before.body ?? '', marker) };
}

function isAs(draft: SentRelease, wanted: ReturnType<typeof fieldsOf> & { readonly body: string }): boolean {
  return (
    draft.name === wanted.name &&
    draft.body === wanted.body &&
    draft.target_commitish === wanted.target_commitish &&
    draft.prerelease === wanted.prerelease
  );
}
