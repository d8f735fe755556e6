import type { Config } from '../core/config.ts';
import type { Run } from '../core/run.ts';

/** What a message about a run needs beyond the run. */
export interface MessageView {
  /** The repository as people call it. */
  readonly title: string;
  /** Its web page. */
  readonly url?: string;
  /** The page of the run's commit. */
  readonly commitUrl?: string;
  /** The registry under the address that people and nodes pull from: host:port. */
  readonly pull: string;
  /** Commit author's e-mail → Slack user id. */
  readonly people: Readonly<Record<string, string>>;
  readonly now: Date;
}

export type ViewOf = (run: Run) => MessageView;

/** How the configuration says that the runs are to be shown. */
export function viewOf(config: Pick<Config, 'repositories' | 'registry' | 'people'>, now: () => Date): ViewOf {
  return (run) => {
    const repository = config.repositories.find(({ name }) => name === run.repository);
    const url = repository && webPage(repository.github ? `https://github.com/${repository.github}` : repository.git);
    const commitUrl = run.commit.url ? webPage(run.commit.url) : repository?.github && url ? `${url}/commit/${run.commit.sha}` : undefined;
    return {
      title: run.repository,
      ...(url && { url }),
      ...(commitUrl && { commitUrl }),
      pull: config.registry.pull,
      people: config.people.emails,
      now: now(),
    };
  };
}

/** The address as a link of a message, without credentials; undefined where it is none that a browser opens. */
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
