import type { Notice } from '../core/notice.ts';
import { type Message, paragraphs, textOf } from './blocks.ts';
import { code, named } from './escape.ts';
import { count } from './format.ts';

/** Tells a repository's channel about branches whose new commits got no run: how many, which, and how to start one. */
export function noticeMessage({ repository, count: all, branches, limit }: Notice): Message {
  const starts = `one poll starts at most ${count(limit, 'new run')} per repository (\`limits.newRuns\`)`;
  const more = all - branches.length;
  const lines = [
    `*${named(repository, 100)}*: ${count(all, 'branch has', 'branches have')} new commits without a run, because ${starts}:`,
    ...branches.map((branch) => `• ${code(branch, 80)}`),
    ...(more > 0 ? [`… and ${count(more, 'more branch', 'more branches')}`] : []),
    `${code(`/cox run ${repository} <branch>`, 200)} starts a run for one of them; so does its next commit.`,
  ];
  return { text: textOf(lines), blocks: paragraphs(lines) };
}
