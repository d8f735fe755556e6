/** A commit as notes need it. */
export interface NotedCommit {
  readonly sha: string;
  /** First line of the message. */
  readonly subject: string;
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

/** Notes of a release in Markdown: its commits by what they are (conventionalcommits.org 1.0.0), the newest first; nothing of them can be markup. */
export function releaseNotes(commits: readonly NotedCommit[]): string {
  const shown = commits.slice(-mostCommits).toReversed();
  const left = commits.length - shown.length;
  const parts = groups.flatMap(([title]) => {
    const lines = shown.filter((commit) => groupOf(commit) === title).map(lineOf);
    return lines.length === 0 ? [] : [`## ${title}\n\n${lines.join('\n')}`];
  });
  return [...parts, ...(left > 0 ? [`… and ${left} older commits.`] : [])].join('\n\n');
}

function groupOf({ subject, body = '' }: NotedCommit): string {
  const { type = '', breaking } = parsed(subject);
  if (breaking || /^BREAKING[ -]CHANGE: /m.test(body)) return 'Breaking changes';
  return groups.find(([, types]) => types.includes(type))?.[0] ?? 'Other changes';
}

function lineOf({ sha, subject, author }: NotedCommit): string {
  const { text, scope } = parsed(subject);
  return `- ${scope ? `**${plain(scope)}:** ` : ''}${plain(text)} (${sha.slice(0, 7)}${author ? `, ${plain(author)}` : ''})`;
}

function parsed(subject: string): { type?: string; scope?: string; breaking: boolean; text: string } {
  const match = /^(?<type>[a-z]+)(\((?<scope>[^()]{1,40})\))?(?<mark>!)?: (?<text>.+)$/.exec(subject);
  const { type, scope, mark, text } = match?.groups ?? {};
  return { breaking: mark === '!', text: text ?? subject, ...(type ? { type } : {}), ...(scope ? { scope } : {}) };
}

/** Text as Markdown shows it letter for letter, and without a mention. */
function plain(text: string): string {
  return text
    .slice(0, 300)
    .replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}
