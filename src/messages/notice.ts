import type { LeftOutNotice, Notice, PollNotice } from '../core/notice.ts';
import { type Message, paragraphs, textOf } from './blocks.ts';
import { code, named, reasonText } from './escape.ts';
import { count, moment } from './format.ts';

/** Tells a repository's channel what concerns none of its runs. */
export function noticeMessage(notice: Notice): Message {
  const lines = 'branches' in notice ? leftOutLines(notice) : pollLines(notice);
  return { text: textOf(lines), blocks: paragraphs(lines) };
}

function pollLines({ repository, since, problem }: PollNotice): string[] {
  const name = `*${named(repository, 100)}*`;
  if (problem === undefined)
    return [`${name} is polled again (it could not be since ${moment(since)}). What was pushed meanwhile starts its runs now.`];
  return [
    `⚠ ${name} cannot be polled since ${moment(since)}, so new commits start no runs: ${reasonText(problem, 600)}`,
    'It is tried again by itself, and said here when it works.',
  ];
}

/** How many branches, which, and how to start a run of one. */
function leftOutLines({ repository, count: all, branches, limit }: LeftOutNotice): string[] {
  const starts = `one poll starts at most ${count(limit, 'new run')} per repository (\`limits.newRuns\`)`;
  const more = all - branches.length;
  return [
    `*${named(repository, 100)}*: ${count(all, 'branch has', 'branches have')} new commits without a run, because ${starts}:`,
    ...branches.map((branch) => `• ${code(branch, 80)}`),
    ...(more > 0 ? [`… and ${count(more, 'more branch', 'more branches')}`] : []),
    `${code(`/cox run ${repository} <branch>`, 200)} starts a run for one of them; so does its next commit.`,
  ];
}
