import { failedParts } from '../core/run/release-parts.ts';
import type { ReleaseRun } from '../core/run/release-run.ts';
import type { Run } from '../core/run/run.ts';
import { code, externalText, named } from './escape.ts';
import { moment } from './format.ts';
import { link, person } from './people.ts';
import { offerLines, releaseTitle, voteLines, votesWords } from './release-candidate.ts';
import { partLines, resultLines } from './release-parts.ts';
import { type MessageView, webPage } from './view.ts';

/** With a server's words and what to do about them, which is its end. */
const mostDoubt = 1_000;

/** The release of a run as lines of its message: none before its vote has opened. */
export function releaseLines(run: Run, view: MessageView): string[] {
  const { release } = run;
  if (!release?.openedAt) return [];
  if (release.problem !== undefined) return problemLines(run, release.problem);
  switch (run.state) {
    case 'passed':
      return [...offerLines(run, release, view), ...doubtLines(release), ...voteLines(release, view)];
    case 'approved':
      return [...offerLines(run, release, view), approvedBy(release), ...freezeLines(release), ...holdLines(release)];
    case 'releasing':
      return [
        releaseTitle(run, release, view),
        approvedBy(release),
        ...partLines(run, release),
        ...draftLines(run, release),
        ...holdLines(release),
        ...waitLines(run),
      ];
    case 'released':
      return [releaseTitle(run, release, view), approvedBy(release), ...resultLines(run, release, view)];
    case 'failed':
      return [releaseTitle(run, release, view), approvedBy(release), ...partLines(run, release), ...draftLines(run, release)];
    case 'rejected':
      return [releaseTitle(run, release, view), ...rejectedLines(release)];
    case 'expired':
      return [releaseTitle(run, release, view), `no decision by ${moment(release.expiresAt ?? '')} · ${votesWords(release)}`];
    case 'cancelled':
      return release.github ? cancelledLines(run, release, view) : notCut(run, release, view);
    default:
      return notCut(run, release, view);
  }
}

function notCut(run: Run, release: ReleaseRun, view: MessageView): string[] {
  return release.votes.length > 0 ? [releaseTitle(run, release, view), `not released · ${votesWords(release)}`] : [];
}

/** It was cancelled while being cut. */
function cancelledLines(run: Run, release: ReleaseRun, view: MessageView): string[] {
  const pushed = (release.leftovers?.images ?? []).map(
    (image) => `⚠ ${code(image, 300)} was pushed before its Job was stopped: delete it or bump the version.`,
  );
  const looks = release.leftovers ? [] : ['Once its Jobs have ended, coxswain checks whether they pushed anything.'];
  return [
    releaseTitle(run, release, view),
    approvedBy(release),
    ...partLines(run, release),
    ...draftLines(run, release),
    ...pushed,
    ...looks,
  ];
}

function problemLines(run: Run, problem: string): string[] {
  if (run.state !== 'passed' && run.state !== 'expired') return [];
  const next = 'A new commit starts its own run; any other fix is noticed within a minute and opens the vote here.';
  return [`⚠ cannot be released: ${externalText(problem, 600)}`, ...(run.state === 'passed' ? [`*Next:* fix this. ${next}`] : [])];
}

function approvedBy(release: ReleaseRun): string {
  return `approved · ${votesWords(release)}`;
}

function freezeLines({ frozenBy }: ReleaseRun): string[] {
  return frozenBy ? [`⚠ on hold: releases are frozen by ${person(frozenBy.by)}: ${externalText(frozenBy.reason, 400)}`] : [];
}

/** The vote is open all the same: an approval waits for the answer. */
function doubtLines({ doubt }: ReleaseRun): string[] {
  return doubt === undefined
    ? []
    : [`⚠ ${externalText(doubt, mostDoubt)} The release waits until it is; this is asked again every minute.`];
}

function holdLines({ doubt }: ReleaseRun): string[] {
  if (doubt === undefined) return [];
  const next = '*Next:* mend this, or wait: it is asked again at least once a minute, and the release goes on by itself.';
  return [`⚠ on hold: ${externalText(doubt, mostDoubt)}`, `${next} Nothing is pushed or published before; Cancel ends it.`];
}

/** What a release that does not continue left on GitHub, where only users with write access to the repository can see it. */
function draftLines({ state }: Run, { tag, github }: ReleaseRun): string[] {
  if (github?.draft === undefined || github.state === 'published' || (state === 'releasing' && github.state !== 'failed')) return [];
  const draft = link(`draft of ${named(tag, 150)}`, webPage(github.draft));
  return [`A ${draft} is still on GitHub; a retry continues with it, otherwise delete it there.`];
}

/** A failed part needs a user's action, so the message says so. */
function waitLines(run: Run): string[] {
  const failed = failedParts(run).length > 0;
  return failed ? ['*Next:* see the cause in the thread, fix it, then retry that part; the other parts keep their results.'] : [];
}

function rejectedLines({ rejected, votes, requiredVotes, ...rest }: ReleaseRun): string[] {
  if (!rejected) return [];
  const before = votes.length > 0 ? ` · until then ${votesWords({ ...rest, votes, requiredVotes })}` : '';
  return [`reason: ${externalText(rejected.reason, 600)}${before}`];
}
