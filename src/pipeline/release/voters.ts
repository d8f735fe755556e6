import type { ApprovalRules } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import type { Approvers } from './ports.ts';

/** What has become of those who have voted, by Slack ids: some may be no approvers any more, of some that cannot be told. */
export interface Voters {
  readonly gone: readonly string[];
  readonly unsure: readonly string[];
}

export async function votersNow(approvers: Approvers, run: Run, rules: ApprovalRules): Promise<Voters> {
  const voters = run.release?.votes.map(({ by }) => by) ?? [];
  const roles = await Promise.all(voters.map(async (by) => ({ by, ...(await approvers.approver(by, rules.of)) })));
  const no = roles.filter(({ allowed }) => !allowed);
  const ids = (some: typeof no) => some.map(({ by }) => by);
  return { gone: ids(no.filter(({ unsure }) => !unsure)), unsure: ids(no.filter(({ unsure }) => unsure)) };
}

/** The run without the votes of these people. */
export function withoutVotes(run: Run, of: readonly string[]): Run {
  const { release } = run;
  if (!release || of.length === 0) return run;
  return { ...run, release: { ...release, votes: release.votes.filter(({ by }) => !of.includes(by)) } };
}

/** @throws UserError where a vote would decide together with others that may be void */
export function demandSure(run: Run, { unsure }: Voters): void {
  const doubted = run.release?.votes.filter(({ by }) => unsure.includes(by)).map(({ by }) => `<@${by}>`) ?? [];
  if (doubted.length === 0) return;
  throw new UserError(
    `Your vote would be the last one, but Slack did not tell whether ${doubted.join(', ')} may still approve. Nothing was done: try again in a moment.`,
  );
}
