import type { TestCounts } from '../core/logs.ts';
import type { ReleaseRun } from '../core/run/release-run.ts';
import { type Run, shortSha } from '../core/run/run.ts';
import { imageTag } from '../core/version/version.ts';
import { code, externalText, named } from './escape.ts';
import { count, moment } from './format.ts';
import { link, person } from './people.ts';
import type { GithubView, MessageView } from './view.ts';

const mostChanges = 5;
/** Maximum number of changes stored with a run; there may be more. */
const keptChanges = 50;
const mostPlaces = 6;

/** What would be released: tag and commit, changes, destinations, test results. */
export function offerLines(run: Run, release: ReleaseRun, view: MessageView): string[] {
  return [
    releaseTitle(run, release, view),
    ...changeLines(run, release, view),
    ...placeLines(release, view),
    ...testLine(run),
    ...(release.notesBy === undefined ? [] : [`notes: edited by ${person(release.notesBy)}; earlier votes no longer count`]),
  ];
}

/** `*Release v0.14.3* · version 0.14.3 · branch main · commit 3f2a1bc` */
export function releaseTitle(run: Run, { tag, version }: ReleaseRun, view: MessageView): string {
  const commit = `commit ${link(shortSha(run.commit), view.commitUrl)}`;
  const words = [`*Release ${named(tag, 150)}*`, ...(tag === version ? [] : [`version ${named(version, 150)}`])];
  return [...words, `branch ${code(run.branch, 300)}`, commit].join(' · ');
}

function changeLines(run: Run, { previous, changes }: ReleaseRun, view: MessageView): string[] {
  if (!changes) return [];
  const page = view.release?.github?.url;
  const since = previous === undefined ? '' : ` since ${link(named(previous, 150), page && `${page}/releases/tag/${part(previous)}`)}`;
  if (changes.length === 0) return [`no changes${since}`];
  const open = changes.length >= keptChanges ? ' or more' : '';
  const rest = changes.length - mostChanges;
  const all = previous !== undefined && page ? `${page}/compare/${part(previous)}...${part(run.commit.sha)}` : undefined;
  return [
    `${changes.length}${open} ${changes.length === 1 ? 'change' : 'changes'}${since}:`,
    ...changes.slice(0, mostChanges).map(({ sha, subject }) => {
      return `• ${link(named(sha.slice(0, 7), 20), page && `${page}/commit/${part(sha)}`)} ${externalText(subject, 150)}`;
    }),
    ...(rest > 0 ? [`… ${link(`and ${rest}${open} others`, all)}`] : []),
  ];
}

/** One part of a URL, escaped so that nothing in it can end the part. */
function part(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27');
}

function placeLines({ version }: ReleaseRun, { release }: MessageView): string[] {
  if (!release) return [];
  const images = release.images.slice(0, mostPlaces).map(({ place }) => code(`${place}:${imageTag(version)}`, 200));
  const more = release.images.length - images.length;
  return [
    ...(images.length > 0 ? [`images: ${[...images, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`] : []),
    ...(release.github ? [githubLine(release.github)] : []),
  ];
}

function githubLine({ name, url, assets }: GithubView): string {
  const shown = assets.slice(0, mostPlaces).map((asset) => code(asset, 100));
  const more = assets.length - shown.length;
  const what = assets.length === 0 ? '' : ` with ${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
  return `GitHub release in ${link(named(name, 100), url)}${what}`;
}

function testLine(run: Run): string[] {
  const counts = run.stages.flatMap(({ progress }) => progress?.tests ?? []);
  const sum = (of: (one: TestCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
  if (counts.length === 0) return [];
  return [`tests: ${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed, ${sum((one) => one.skipped)} skipped`];
}

/** The votes so far, the deadline, and how many people may vote. */
export function voteLines(release: ReleaseRun, view: MessageView): string[] {
  const left = release.requiredVotes - release.votes.length;
  const line = [
    votesWords(release),
    ...(left > 0 ? [`${count(left, 'more vote')} needed`] : []),
    ...(release.expiresAt ? [`expires ${moment(release.expiresAt)}`] : []),
  ];
  return [line.join(' · '), ...(view.release ? [whoLine(view.release.approvers)] : [])];
}

/** `1 of 2 votes: @lin` */
export function votesWords({ votes, requiredVotes }: ReleaseRun): string {
  const who = votes.slice(0, 20).map(({ by }) => person(by));
  const more = votes.length > 20 ? [`${votes.length - 20} others`] : [];
  return `${votes.length} of ${count(requiredVotes, 'vote')}${votes.length > 0 ? `: ${[...who, ...more].join(', ')}` : ''}`;
}

/** In the run's message they are only counted: a mention would notify them. */
function whoLine(approvers: readonly string[]): string {
  const groups = approvers.filter((id) => id.startsWith('S')).length;
  const people = approvers.length - groups;
  if (approvers.length === 0) return '⚠ nobody can approve: `people.approvers` is empty';
  const parts = [...(people > 0 ? [count(people, 'person', 'people')] : []), ...(groups > 0 ? [count(groups, 'user group')] : [])];
  return `approvers: ${parts.join(' and ')}, notified in the thread`;
}
