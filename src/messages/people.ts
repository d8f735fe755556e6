import type { Commit, RunCause } from '../core/run/run.ts';
import { named } from './escape.ts';

/** A message has no room for longer ones. */
const longestAddress = 600;

/** A label must not hold `|`, which ends it; addresses come from `webPage`. */
export function link(label: string, url: string | undefined): string {
  return url && label && url.length <= longestAddress ? `<${url}|${label.replaceAll('|', '/')}>` : label;
}

/** A mention of a Slack user; what is no user id is shown as text. */
export function person(id: string): string {
  return /^[UW][A-Z0-9]{2,20}$/.test(id) ? `<@${id}>` : named(id, 60);
}

/** A mention of a Slack user or of all people in a user group. */
export function mention(id: string): string {
  return /^S[A-Z0-9]{2,20}$/.test(id) ? `<!subteam^${id}>` : person(id);
}

// None beside a backtick: in a thread its place is taken by code, and three backticks would open a block.
const marks = /`[^`]*`|(?<!`)&lt;(@[UW][A-Z0-9]{2,20}|!subteam\^S[A-Z0-9]{2,20})&gt;(?!`)/g;

/** A sentence of the core, escaped already, with its marks of people and groups as mentions; inline code stays as it is. */
export function withPeople(escaped: string): string {
  return escaped.replace(marks, (whole, target: string | undefined) => (target === undefined ? whole : `<${target}>`));
}

/** A sentence of the core where there is no markup: people and groups by their ids. */
export function withIds(text: string): string {
  return text.replace(/`[^`]*`|<(?:@|!subteam\^)([UWS][A-Z0-9]{2,20})>/g, (whole, id: string | undefined) => id ?? whole);
}

/** A channel as a link to it, which rings nobody. */
export function channel(id: string): string {
  return /^[CGD][A-Z0-9]{2,20}$/.test(id) ? `<#${id}>` : named(id, 60);
}

/** Who wrote the commit, by name: that a run goes its way is no reason to ring anybody. */
export function author(commit: Commit): string | undefined {
  return commit.author && (named(commit.author.name, 80) || undefined);
}

/** A mention of who wrote the commit, where the configuration knows the e-mail: a failure is a reason. */
export function authorMention(commit: Commit, people: Readonly<Record<string, string>>): string | undefined {
  const email = commit.author?.email ?? '';
  const id = Object.hasOwn(people, email) ? people[email] : undefined;
  return id && person(id);
}

/** What started a run, in words. */
export function startedBy(cause: RunCause, retryOf: string | undefined): string {
  if (cause.kind === 'commit') return 'started by the commit';
  return cause.kind === 'retry'
    ? `retry of ${named(retryOf ?? 'an earlier run', 60)}, requested by ${person(cause.by)}`
    : `started by ${person(cause.by)}`;
}
