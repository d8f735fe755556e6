import type { ApprovalRules, Config, Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { type CastVote, judgeApproval, judgeRejection } from '../../core/release/approval.ts';
import { notOffered } from '../../core/release/release-branches.ts';
import { findRun } from '../../core/run/find-run.ts';
import { failedPart, failedParts, githubPart, reportedImages } from '../../core/run/release-parts.ts';
import { moved, type Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { replaceStage } from '../../core/run/stages.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { quoted } from '../../core/text/quoted.ts';
import { anotherAttempt } from './images.ts';
import type { Approvers, Freezes, Notes } from './ports.ts';
import { demandSure, votersNow, withoutVotes } from './vote.ts';

/** A person's decision, and what that person was shown. */
export interface ReleaseDecision {
  readonly id: string;
  readonly by: string;
  readonly at: Date;
  readonly shown?: { readonly commit: string; readonly tag: string };
}

export interface DecisionsOptions {
  readonly book: RunBook;
  readonly config: Config;
  readonly approvers: Approvers;
  /** The notes of a release that nobody has edited; if absent, they are not known before the release is made. */
  readonly notes?: Notes;
  readonly freezes: Freezes;
  readonly now: () => Date;
}

/** Milliseconds to wait for the notes to edit; after a button press, Slack accepts a modal only for a short time. */
const notesPatience = 1500;

/** What people decide about releases. Every refusal is a UserError with the sentence that the person sees. */
export class Decisions {
  readonly #options: DecisionsOptions;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  async approve(decision: ReleaseDecision): Promise<{ run: Run; complete: boolean }> {
    const { rules, ballot } = await this.#ballot(decision);
    const voters = await votersNow(this.#options.approvers, this.#run(decision.id), rules);
    let complete = false;
    const run = await this.#options.book.change(decision.id, (before) => {
      const now = withoutVotes(before, voters.gone);
      // Checked against the record as it is now: two simultaneous presses count as two votes, and none is lost.
      const judgement = judgeApproval(now, rules, ballot);
      if (!judgement.taken) throw new UserError(judgement.sentence);
      complete = judgement.complete;
      if (complete) demandSure(now, voters);
      return voted(now, { by: decision.by, at: decision.at.toISOString() }, complete, this.#options.now());
    });
    return { run, complete };
  }

  async reject(decision: ReleaseDecision, reason: string): Promise<Run> {
    const { ballot } = await this.#ballot(decision);
    const rejected = { by: decision.by, at: decision.at.toISOString(), reason };
    return this.#options.book.change(decision.id, (now) => {
      const judgement = judgeRejection(now, ballot);
      if (!judgement.taken) throw new UserError(judgement.sentence);
      const release = now.release ? { release: { ...now.release, rejected } } : {};
      return moved(now, 'rejected', { ...release, reason: `rejected: ${reason}` }, this.#options.now());
    });
  }

  /** The run, if the person could reject it now: so that nobody is asked for a reason that would then be refused. */
  async check(decision: ReleaseDecision): Promise<Run> {
    const { ballot } = await this.#ballot(decision);
    const run = this.#run(decision.id);
    const judgement = judgeRejection(run, ballot);
    if (!judgement.taken) throw new UserError(judgement.sentence);
    return run;
  }

  /** The current notes of a release: edited, or as they would be generated now; empty if they are not available in time. */
  async notes(id: string): Promise<string> {
    const run = this.#run(id);
    const repository = this.#repository(run);
    if (run.release?.notes !== undefined) return run.release.notes;
    if (!this.#options.notes || !repository) return '';
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(resolve, notesPatience, '');
    const made = this.#options.notes.notes(run, repository).catch(() => '');
    return Promise.race([made, late]).finally(() => clearTimeout(timer));
  }

  /** Replaces the notes of a release before it is approved. Earlier votes were about other notes, so they are voided. */
  async editNotes(decision: ReleaseDecision, notes: string): Promise<Run> {
    const { ballot } = await this.#ballot(decision);
    return this.#options.book.change(decision.id, (now) => {
      const judgement = judgeRejection(now, ballot);
      if (!judgement.taken) throw new UserError(judgement.sentence);
      return now.release ? { ...now, release: { ...now.release, notes, notesBy: decision.by, votes: [] } } : now;
    });
  }

  /** Retries a failed part of a release: an image by its name, or `github`. @throws UserError */
  async tryAgain(id: string, part: string): Promise<Run> {
    const freeze = this.#options.freezes.of(this.#run(id).repository);
    if (freeze) {
      const why = `Releases are frozen by <@${freeze.by}>: ${plainLine(freeze.reason)}`;
      throw new UserError(`${quoted(part)} of ${id} cannot be retried now. ${why}. It can be after \`unfreeze\`.`);
    }
    return this.#options.book.change(id, (now) => withPartTriedAgain(now, part));
  }

  async #ballot({ id, by, at, shown }: ReleaseDecision): Promise<{ rules: ApprovalRules; ballot: CastVote }> {
    const run = this.#run(id);
    const repository = this.#repository(run);
    const rules = repository?.release?.approvals;
    if (!repository || !rules) throw new UserError(`${id} has nothing to release: its repository has no release stage.`);
    const role = await this.#options.approvers.approver(by, rules.of);
    const why = notOffered(repository, run.branch);
    const { emails } = this.#options.config.people;
    // Without its author, everyone who has an e-mail address here may have written it.
    const perhapsOwn = run.commit.problem === undefined ? {} : { perhapsOwn: Object.values(emails) };
    const cast = { by, at, role, own: this.#own(run), ...perhapsOwn };
    return { rules, ballot: { ...cast, ...(shown ? { shown } : {}), ...(why && { notOffered: why }) } };
  }

  /** Who started the run, and who wrote its commit according to its e-mail (which can be forged). */
  #own(run: Run): string[] {
    const email = run.commit.author?.email.toLowerCase();
    const authors = Object.entries(this.#options.config.people.emails).filter(([known]) => known.toLowerCase() === email);
    return [...this.#startersOf(run), ...authors.map(([, user]) => user)];
  }

  /** Who started it and, for a retry, the previous runs. */
  #startersOf(run: Run): string[] {
    const before = run.retryOf === undefined ? undefined : this.#options.book.get(run.retryOf);
    return [...(run.cause.kind === 'commit' ? [] : [run.cause.by]), ...(before ? this.#startersOf(before) : [])];
  }

  #run(id: string): Run {
    return findRun(this.#options.book, id);
  }

  #repository(run: Run): Repository | undefined {
    return this.#options.config.repositories.find(({ name }) => name === run.repository);
  }
}

function voted(run: Run, vote: { by: string; at: string }, complete: boolean, now: Date): Run {
  if (!run.release) return run;
  const release = { ...run.release, votes: [...run.release.votes, vote] };
  return complete ? moved(run, 'approved', { release: { ...release, approvedAt: now.toISOString() } }, now) : { ...run, release };
}

/** @param word the part as the user named it @throws UserError if no such part has failed */
function withPartTriedAgain(run: Run, word: string): Run {
  const { id, state, release } = run;
  if (state !== 'releasing') throw new UserError(`${id} is ${state}; only parts of a release under way can be tried again alone.`);
  const part = failedPart(run, word);
  if (part === undefined) {
    const failed = failedParts(run).map((name) => `\`${name}\``);
    throw new UserError(`${quoted(word)} of ${id} has not failed. Failed: ${failed.join(', ') || 'nothing'}.`);
  }
  if (part !== githubPart) {
    const reported = reportedImages(run);
    return replaceStage({ ...run, ...(release && { release: { ...release, reported } }) }, part, anotherAttempt);
  }
  const { attempt = 1, draft, maybePublished, assets } = release?.github ?? {};
  const known = { ...(draft && { draft }), ...(maybePublished && { maybePublished }), ...(assets && { assets }) };
  return { ...run, ...(release && { release: { ...release, github: { state: 'waiting', attempt: attempt + 1, ...known } } }) };
}
