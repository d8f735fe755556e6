import type { PollStatus, RepositoryStatus } from '../core/command/command.ts';
import { heldBecause } from '../core/run/release-parts.ts';
import { type Message, plainMessage } from './blocks.ts';
import { code, externalText, named, reasonText } from './escape.ts';
import { listMessage } from './fit.ts';
import { count, moment } from './format.ts';
import { person } from './people.ts';
import { runLine } from './runs.ts';

const mostBranches = 5;
const mostRuns = 5;

/** The watched repositories, when they were last polled, and what is running. */
export function statusMessage(repositories: readonly RepositoryStatus[]): Message {
  if (repositories.length === 0) return plainMessage('No repositories are watched.');
  return listMessage({
    items: repositories.map(repositoryLines),
    more: (left) => `… and ${count(left, 'more repository', 'more repositories')}; \`/cox status &lt;repository&gt;\` shows one`,
  });
}

function repositoryLines({ name, branches, busy, held = [], last, ...polls }: RepositoryStatus): string[] {
  const runs = busy.slice(0, mostRuns).map(runLine);
  const more = busy.length > mostRuns ? [`… and ${count(busy.length - mostRuns, 'more run')} in progress`] : [];
  const onHold = held.slice(0, mostRuns).map((run) => `${runLine(run)}\n↳ ${reasonText(heldBecause(run) ?? '', 500)}`);
  const isShown = held.slice(0, mostRuns).some(({ id }) => id === last?.id);
  const idle = busy.length === 0 && !isShown ? [last ? `last: ${runLine(last)}` : 'No runs yet.'] : [];
  return [`*${named(name, 100)}* · ${pollWords(polls)}`, ...branchLine(branches), ...runs, ...more, ...onHold, ...idle];
}

function pollWords({ paused, lastPoll }: PollStatus): string {
  if (paused) {
    const why = paused.reason === undefined ? '' : `: ${externalText(paused.reason, 300)}`;
    return `polling *paused* by ${person(paused.by)} since ${moment(paused.at)}${why}`;
  }
  if (!lastPoll) return 'not polled yet';
  return lastPoll.error === undefined
    ? `polled ${moment(lastPoll.at)}`
    : `⚠ polling has failed since ${moment(lastPoll.at)}: ${reasonText(lastPoll.error, 300)}`;
}

function branchLine(branches: RepositoryStatus['branches']): string[] {
  if (branches.length === 0) return [];
  const shown = branches.slice(0, mostBranches).map(({ name, sha }) => `${code(name, 80)} ${named(sha.slice(0, 7), 40)}`);
  return [[...shown, ...(branches.length > mostBranches ? [`… ${branches.length - mostBranches} more`] : [])].join(' · ')];
}
