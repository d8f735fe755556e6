import type { Repository } from '../core/config.ts';
import { releaseNotes } from '../core/notes.ts';
import type { ReleaseChange } from '../core/release.ts';
import type { Run } from '../core/run.ts';
import type { Notes } from './release-github.ts';
import type { Changes } from './release-vote.ts';

/** The little of GitHub that notes need. */
export interface History {
  latestRelease(github: string): Promise<{ readonly tag: string } | undefined>;
  compare(
    github: string,
    base: string,
    head: string,
  ): Promise<{ readonly commits: readonly (ReleaseChange & { readonly body?: string })[]; readonly total?: number }>;
  generateNotes(github: string, of: { tag: string; target: string; previous?: string }): Promise<string>;
}

/** What is new in a release, from GitHub's history; without GitHub there is nothing to tell. */
export function notesFrom(history: History | undefined): Changes & Notes {
  const since = async (repository: Repository, run: Run) => {
    if (!history || !repository.github) return undefined;
    const latest = await history.latestRelease(repository.github);
    if (!latest) return undefined;
    const { commits } = await history.compare(repository.github, latest.tag, run.commit.sha);
    const changes = commits
      .toReversed()
      .slice(0, 50)
      .map(({ sha, subject, author }) => ({ sha, subject, ...(author ? { author } : {}) }));
    return { previous: latest.tag, changes };
  };
  const notes = async (run: Run, repository: Repository) => {
    const { github, release } = repository;
    const { tag = '', previous } = run.release ?? {};
    if (!history || !github) return '';
    if (release?.github?.notes === 'generated') {
      return history.generateNotes(github, { tag, target: run.commit.sha, ...(previous ? { previous } : {}) });
    }
    if (!previous) return 'The first release.';
    const { commits, total } = await history.compare(github, previous, run.commit.sha);
    return releaseNotes(commits, total);
  };
  return { since, notes };
}
