import type { ApprovalRules } from '../config.ts';
import { sentences } from '../errors.ts';
import type { Permission } from '../people/roles.ts';
import { type Run, shortSha } from '../run/run.ts';
import { asCommand } from '../text/quoted.ts';

/** A vote as received: typed or pressed, perhaps long after the message was shown. */
export interface CastVote {
  readonly by: string;
  /** When the user acted: Slack's time of a button press, the time of receipt of a command. */
  readonly at: Date;
  /** What the user was shown: short commit and tag; absent: voted without them. */
  readonly shown?: { readonly commit: string; readonly tag: string };
  /** Whether the user may vote here at all, and why or why not. */
  readonly role: Permission;
  /** Why releases of the branch are not offered (any more), as the end of a sentence. */
  readonly notOffered?: string;
  /** Slack ids of those who started the run or wrote its commit. */
  readonly own: readonly string[];
  /** Slack ids of those who may have written its commit, if its author is unknown. */
  readonly perhapsOwn?: readonly string[];
}

/** The result of a vote: accepted (`complete`: enough votes now), or refused with the sentence shown to the user. */
export type Judgement =
  | { readonly taken: true; readonly complete: boolean }
  | { readonly taken: false; readonly why: VoteRefusal; readonly sentence: string };

export type VoteRefusal = 'role' | 'state' | 'expired' | 'binding' | 'self' | 'again';

/** Whether an approval counts. The order matters: a user who may not vote learns nothing else. */
export function judgeApproval(run: Run, rules: ApprovalRules, ballot: CastVote): Judgement {
  const refused = refusal(run, ballot);
  if (refused) return refused;
  const { votes = [] } = run.release ?? {};
  if (!rules.self && ballot.own.includes(ballot.by)) {
    return no('self', `You started ${run.id} or wrote its commit, so your vote does not count; another approver must vote.`);
  }
  if (!rules.self && ballot.perhapsOwn?.includes(ballot.by)) {
    const again = asCommand(`run ${run.repository} ${run.branch}`);
    const why = `Who wrote the commit of ${run.id} is unknown, and it may be you, so your vote does not count`;
    return no('self', `${why}: another approver must vote, or ${again} once the git server gives out the commit.`);
  }
  if (votes.some((vote) => vote.by === ballot.by)) return no('again', `You have already approved ${run.id}. ${missing(run, rules)}`);
  return { taken: true, complete: votes.length + 1 >= rules.votes };
}

/** Whether a rejection counts: one is enough, and users may reject their own run. */
export function judgeRejection(run: Run, ballot: CastVote): Judgement {
  return refusal(run, ballot) ?? { taken: true, complete: true };
}

function refusal(run: Run, { role, at, shown, notOffered = run.notReleased }: CastVote): Judgement | undefined {
  if (!role.allowed) {
    const verdict = role.unsure ? 'It is not known whether you may approve releases' : 'You may not approve or reject releases';
    return no('role', sentences(`${verdict}: ${role.why}.`, role.next));
  }
  if (notOffered) return no('state', `${run.id} will not be released: ${notOffered}.`);
  if (!run.release) return no('state', `${run.id} has nothing to release: its repository has no release stage.`);
  if (run.state !== 'passed') return no('state', `${run.id} cannot be approved or rejected: it is ${run.state}${byWhom(run)}.`);
  const { openedAt, expiresAt, tag, problem } = run.release;
  if (!openedAt)
    return no('state', `${run.id} cannot be approved or rejected yet: its release is still being prepared. Try again in a moment.`);
  if (problem) return no('state', `${run.id} cannot be released: ${problem}`);
  if (expiresAt !== undefined && at.getTime() >= Date.parse(expiresAt)) {
    return no(
      'expired',
      `The vote on ${run.id} ended at ${expiresAt}. ${asCommand(`run ${run.repository} ${run.branch}`)} starts a new run.`,
    );
  }
  if (shown && (shown.commit !== shortSha(run.commit) || shown.tag !== tag)) {
    return no(
      'binding',
      `What you were shown (${shown.commit}, ${shown.tag}) is no longer what would be released: ${shortSha(run.commit)}, ${tag}. Check that, then decide.`,
    );
  }
  return undefined;
}

function byWhom(run: Run): string {
  if (run.supersededBy) return ` by ${run.supersededBy}`;
  return '';
}

/** How many votes are missing, in words. */
function missing(run: Run, rules: Pick<ApprovalRules, 'votes'>): string {
  const left = rules.votes - (run.release?.votes.length ?? 0);
  return left <= 0 ? 'No more votes are needed.' : `${left} more ${left === 1 ? 'vote is' : 'votes are'} needed.`;
}

function no(why: VoteRefusal, sentence: string): Judgement {
  return { taken: false, why, sentence };
}
