import type { Config, People, ReleaseStage, Repository } from '../core/config.ts';
import type { Run } from '../core/run/run.ts';

/** What a message about a run needs besides the run. */
export interface MessageView {
  /** The repository's display name. */
  readonly title: string;
  /** Its web page. */
  readonly url?: string;
  /** The page of the run's commit. */
  readonly commitUrl?: string;
  /** The registry by the address that users and nodes pull from: host:port. */
  readonly pull: string;
  /** Commit author's email → Slack user id. */
  readonly people: Readonly<Record<string, string>>;
  /** The configuration of the repository's releases; absent: there are none. */
  readonly release?: ReleaseView;
  readonly now: Date;
}

export interface ReleaseView {
  /** Slack ids of the users and user groups who may approve. */
  readonly approvers: readonly string[];
  /** The images by the names of their stages, each with its destination: `host/repository`. */
  readonly images: readonly { readonly name: string; readonly place: string }[];
  /** The GitHub release, if there is to be one. */
  readonly github?: GithubView;
}

export interface GithubView {
  /** `owner/name` and its web page. */
  readonly name: string;
  readonly url?: string;
  readonly assets: readonly string[];
}

export type ViewOf = (run: Run) => MessageView;

type Shown = Pick<Config, 'repositories' | 'registry' | 'registries'> & { readonly people: Pick<People, 'approvers' | 'emails'> };

/** Derives from the configuration how runs are shown. `github`: base URL of GitHub's pages, without a trailing slash. */
export function viewOf(config: Shown, now: () => Date, github = 'https://github.com'): ViewOf {
  return (run) => {
    const repository = config.repositories.find(({ name }) => name === run.repository);
    const url = repository && webPage(repository.github ? `${github}/${repository.github}` : repository.git);
    const commitUrl = run.commit.url ? webPage(run.commit.url) : repository?.github && url ? `${url}/commit/${run.commit.sha}` : undefined;
    return {
      title: run.repository,
      ...(url && { url }),
      ...(commitUrl && { commitUrl }),
      pull: config.registry.pull,
      people: config.people.emails,
      ...(repository?.release && { release: releaseView(config, repository, repository.release, url) }),
      now: now(),
    };
  };
}

function releaseView(
  { registry, registries, people }: Shown,
  { github }: Repository,
  release: ReleaseStage,
  url: string | undefined,
): ReleaseView {
  const { approvals, images } = release;
  return {
    approvers: approvals.of.length > 0 ? approvals.of : people.approvers,
    images: images.map(({ name, repository, registry: outside }) => {
      const host = outside === undefined ? registry.pull : (registries?.[outside]?.push ?? outside);
      return { name, place: `${host}/${repository}` };
    }),
    ...(release.github && github && { github: { name: github, ...(url && { url }), assets: release.github.assets } }),
  };
}

/** The address as a link in a message, without credentials; undefined if a browser could not open it. */
export function webPage(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined;
  url.username = '';
  url.password = '';
  const text = url.href
    .replace(/\.git$/, '')
    .replaceAll('|', '%7C')
    .replaceAll('&', '&amp;');
  return /[<>\s`]/.test(text) || text.length > 500 ? undefined : text;
}
