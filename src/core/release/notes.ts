import { cutPoints } from '../text/cut.ts';
import { visibleLine } from '../text/visible.ts';

/** A commit as needed for release notes. */
export interface NotedCommit {
  readonly sha: string;
  /** First line of the message. */
  readonly subject: string;
  /** The rest of the message. */
  readonly body?: string;
  readonly author?: string;
}

const groups: readonly (readonly [title: string, types: readonly string[]])[] = [
  ['Breaking changes', []],
  ['Features', ['feat']],
  ['Fixes', ['fix']],
  ['Performance', ['perf']],
  ['Documentation', ['docs']],
  ['Other changes', []],
];

const mostCommits = 200;
const longestText = 300;

/**
 * Release notes in Markdown: commits grouped by type (conventionalcommits.org 1.0.0), newest first; all markup in them is escaped,
 * and nobody is mentioned. Merge commits are left out, since they add nothing to the commits they merge.
 * @param commits oldest first
 * @param total how many there are in all, if `commits` are only the newest of them
 */
export function releaseNotes(commits: readonly NotedCommit[], total: number = commits.length): string {
  const told = commits.filter(({ subject }) => !/^Merge (branch|tag|pull request|remote-tracking branch) /.test(subject));
  const shown = told.slice(-mostCommits).toReversed();
  const left = total - commits.length + told.length - shown.length;
  const parts = groups.flatMap(([title]) => {
    const lines = shown.filter((commit) => groupOf(commit) === title).map(lineOf);
    return lines.length === 0 ? [] : [`## ${title}\n\n${lines.join('\n')}`];
  });
  return [...parts, ...(left > 0 ? [`… and ${left} older ${left === 1 ? 'commit' : 'commits'}.`] : [])].join('\n\n');
}

function groupOf(commit: NotedCommit): string {
  const { type = '', breaks } = parsed(commit);
  if (breaks) return 'Breaking changes';
  return groups.find(([, types]) => types.includes(type))?.[0] ?? 'Other changes';
}

function lineOf(commit: NotedCommit): string {
  const { text, scope, why } = parsed(commit);
  const start = scope ? `**${plain(scope)}:** ${plain(text)}` : noBlock(plain(text));
  const by = commit.author ? `, ${plain(commit.author)}` : '';
  return `- ${start} (${commit.sha.slice(0, 7)}${by})${why ? `\n  ${noBlock(plain(why))}` : ''}`;
}

interface Parsed {
  readonly type?: string;
  readonly scope?: string;
  readonly text: string;
  readonly breaks: boolean;
  /** What breaks, if the message says so. */
  readonly why?: string;
}

function parsed({ subject, body = '' }: NotedCommit): Parsed {
  const { type, scope, mark, text } =
    /^(?<type>[a-z]+)(\((?<scope>[^()]{1,40})\))?(?<mark>!)?: +(?<text>\S.*)$/i.exec(subject)?.groups ?? {};
  const why = /^BREAKING[ -]CHANGE: *(\S.*)$/m.exec(body)?.[1];
  return {
    breaks: mark === '!' || why !== undefined,
    text: text ?? subject,
    ...(type && { type: type.toLowerCase() }),
    ...(scope && { scope }),
    ...(why && { why }),
  };
}

/** One line of text that Markdown renders literally. */
function plain(text: string): string {
  return cutPoints(visibleLine(text.slice(0, 4 * longestText)), longestText)
    .replace(/[\\`*_[\]<>|~&$]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}

/** Text at the start of a line that does not begin a heading, list or rule. */
function noBlock(text: string): string {
  return text.replace(/^[#+=-]/, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2');
}
