import type { PollStatus, RepositoryStatus } from '../../core/command/command.ts';
import type { Repository } from '../../core/config.ts';
import { heldBecause } from '../../core/run/release-parts.ts';
import { isBusy } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { Heads } from '../intake/new-commits.ts';

/** The current status of every repository. */
export function repositoryStatus(
  repositories: readonly Repository[],
  runs: Pick<RunBook, 'ofRepository'>,
  seen: (repository: string) => Heads | undefined,
  polls: (repository: string) => PollStatus,
): RepositoryStatus[] {
  return repositories.map(({ name, short, release }) => {
    const own = runs.ofRepository(name);
    const last = own.findLast((run) => !isBusy(run));
    const held = own.filter((run) => heldBecause(run) !== undefined);
    return {
      name,
      short,
      branches: Object.entries(seen(name) ?? {}).map(([branch, sha]) => ({ name: branch, sha })),
      busy: own.filter(isBusy),
      ...(release && release.approvals.of.length > 0 ? { approvers: release.approvals.of } : {}),
      ...polls(name),
      ...(held.length > 0 ? { held } : {}),
      ...(last ? { last } : {}),
    };
  });
}
