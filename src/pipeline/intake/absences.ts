import type { Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { cut } from '../../core/text/cut.ts';
import { monotonic } from '../../core/time/clock.ts';
import type { Heads } from './new-commits.ts';
import type { Git } from './requests.ts';

/** The least time between the two answers that say that a branch is gone: a server that is being restarted or replaced gives several wrong ones at once. */
const apartMs = 10_000;

/** Which branches of each repository were missing from the last answer, and since when. */
export class Absences {
  readonly #apartMs: number;
  readonly #since = new Map<string, ReadonlyMap<string, number>>();

  constructor(leastApartMs = apartMs) {
    this.#apartMs = leastApartMs;
  }

  /** The seen heads without the branches that were missing from an earlier whole answer too, and from all in between. */
  stillThere(repository: string, seen: Heads, heads: Heads): Heads {
    const now = monotonic();
    const before = this.#since.get(repository);
    const missing = Object.keys(seen).filter((branch) => !Object.hasOwn(heads, branch));
    this.#since.set(repository, new Map(missing.map((branch) => [branch, before?.get(branch) ?? now])));
    const isGone = (branch: string) =>
      !Object.hasOwn(heads, branch) && now - (before?.get(branch) ?? Number.POSITIVE_INFINITY) >= this.#apartMs;
    return missing.some(isGone) ? Object.fromEntries(Object.entries(seen).filter(([branch]) => !isGone(branch))) : seen;
  }
}

/**
 * Refuses to conclude anything from an answer without a branch after others with some, unless the repository has branches that do not match.
 * @throws UserError as long as the repository has no branch at all
 */
export async function demandBranches(git: Pick<Git, 'heads'>, repository: Repository, seen: Heads, heads: Heads): Promise<void> {
  const known = Object.keys(seen);
  if (known.length === 0 || Object.keys(heads).length > 0) return;
  const others = await git.heads({ ...repository, branches: ['**'] });
  if (Object.keys(others).length > 0) return;
  const names = cut(known.slice(0, 3).join(', '), 80);
  throw new UserError(
    `The server says that the repository has no branches at all, but it had ${known.length} (${names}${known.length > 3 ? ', …' : ''}). Nothing is concluded from that: look there whether it was emptied or its storage is missing. Branches that come back at a known commit start no run.`,
  );
}
