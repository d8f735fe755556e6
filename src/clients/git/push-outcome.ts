import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { GitError } from './program/git-cli.ts';
import { isLimited, withoutNames } from './program/git-words.ts';

/** A push that has failed. */
export interface FailedPush {
  /** The commit that was pushed, and the one that the branch was at. */
  readonly sha: string;
  readonly parent: string;
  readonly branch: string;
  /** The login used for it, in words. */
  readonly login: string;
  /** The commit that the branch is at now. */
  head(): Promise<string | undefined>;
}

/** A hook of the server may still be working when the connection is lost: waits before each look, in ms. */
const looks = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/**
 * Looks at the branch after a push that failed, and returns if the push has arrived all the same: its answer was lost, or came too late.
 * @throws UserError with what is known otherwise; the error itself if the host has refused the push because of its limits
 */
export async function demandArrived(push: FailedPush, error: GitError): Promise<void> {
  // The host wants no further requests, so nothing is looked at.
  if (isLimited(error)) throw error;
  const isRefused = isRefusal(error);
  let head: string | undefined;
  for (const ms of isRefused ? looks.slice(0, 1) : looks) {
    await wait(ms);
    head = await push.head().catch(() => undefined);
    if (head === push.sha) return;
    if (head !== undefined && head !== push.parent) break;
  }
  throw isRefused ? refused(push, error, head) : unknown(push, error, head);
}

/**
 * Whether the server has answered that it did not take it, or was never sent it: it will not arrive later. Words of the server count only
 * where nothing was sent; in a lost answer, `[remote failure]` is git's own word for that no outcome has arrived.
 */
function isRefusal({ stderr, killed }: GitError): boolean {
  if (killed) return false;
  return /^ ! \[(?!remote failure\])/m.test(stderr) || isNoAccess(stderr);
}

/** Git's last words where a server ends the connection before anything is sent. */
const isUnsent = /^fatal: Could not read from remote repository/m;

/** The reason of a server that has refused. */
const saysNoAccess = /^(?:remote:| ! \[remote rejected\]).*(?:[Pp]ermission|not authorized|read[ -]only)/m;

function isNoAccess(stderr: string): boolean {
  return noAccess.test(isUnsent.test(stderr) ? stderr : withoutNames(stderr));
}

const noAccess =
  /(?:returned error:|HTTP) 40[13]\b|Authentication failed|could not read (?:Username|Password)|[Pp]ermission (?:to|denied)|not authorized|(?:^| )read[ -]only(?:[ ,;]|\.?$)/m;

function refused({ branch, parent, login }: FailedPush, { stderr }: GitError, head: string | undefined): UserError {
  const reason = reasonIn(stderr);
  if (head !== undefined && head !== parent)
    return new UserError(`${quoted(branch)} has moved in the meantime, so nothing was written: try again.`);
  if (/currently checked out|denyCurrentBranch/.test(stderr)) {
    return new UserError(
      `The repository is not bare and has ${quoted(branch)} checked out, so nothing can be pushed to it: use a bare one.`,
    );
  }
  if (/hook declined|protected branch|GH006|GH013/.test(stderr)) {
    return new UserError(
      `A rule on the server forbids the push to ${quoted(branch)} (${reason}): allow it for the bot, or set version.write to pull-request.`,
    );
  }
  if (isNoAccess(stderr) || saysNoAccess.test(stderr)) {
    return new UserError(`The server does not let the bot push to ${quoted(branch)} (${reason}): its login needs write access (${login}).`);
  }
  return new UserError(
    `The server did not take the push to ${quoted(branch)}, so nothing was written (${reason}). Try again, or look there.`,
  );
}

/** It is not known whether a push has arrived: it may still do so. */
class LostPush extends UserError {
  readonly retry = true;
}

/** The answer was lost, and the branch does not say either. */
function unknown({ branch, parent, sha }: FailedPush, error: GitError, head: string | undefined): UserError {
  const why = reasonIn(error.stderr) || plainLine(error.message, 200);
  const what = `The answer to the push to ${quoted(branch)} was lost (${why})`;
  const before = `before trying again, look there for commit ${sha.slice(0, 7)}`;
  if (head === undefined) return new LostPush(`${what}, and the server does not say where the branch is: ${before}.`);
  if (head === parent) return new LostPush(`${what}. The branch has not moved yet, but the push may still arrive: ${before}.`);
  return new LostPush(`${what}, and the branch has moved to ${head.slice(0, 7)}: ${before}.`);
}

function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error|remote):|^ ! /.test(line));
  return plainLine(lines.join('; '), 200);
}
