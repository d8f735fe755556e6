import type { Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { monotonic } from '../../core/time/clock.ts';
import type { Heads } from './new-commits.ts';
import type { Git } from './requests.ts';

/** The least time between the two answers that say that a branch is gone: a server that is being restarted or replaced gives several wrong ones at once. */
const apartMs = 10_000;

/** Which branches were missing from the answers about one repository, and since when. */
export class Absences {
  readonly #apartMs: number;
  #since = new Map<string, number>();

  constructor(leastApartMs = apartMs) {
    this.#apartMs = leastApartMs;
  }

  /** The branches that were missing from an earlier whole answer too, and from all in between. */
  confirmed(seen: Heads, heads: Heads): ReadonlySet<string> {
    const now = monotonic();
    const missing = Object.keys(seen).filter((branch) => !Object.hasOwn(heads, branch));
    const before = this.#since;
    this.#since = new Map(missing.map((branch) => [branch, before.get(branch) ?? now]));
    return new Set(missing.filter((branch) => before.has(branch) && now - (this.#since.get(branch) ?? now) >= this.#apartMs));
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
  const names = known.slice(0, 3).join(', ');
  throw new UserError(
    `The server says that the repository has no branches at all, but it had ${known.length} (${names}${known.length > 3 ? ', …' : ''}). Nothing is concluded from that: look there whether it was emptied or its storage is missing. Branches that come back at a known commit start no run.`,
  );
}
