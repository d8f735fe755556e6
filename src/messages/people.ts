import type { Commit, RunCause } from '../core/run/run.ts';
import { named } from './escape.ts';

/** Maximum length of a link's address; a message has no room for longer ones. */
const longestAddress = 600;

/** A label must not contain `|`, which would end it; addresses come from `webPage`. */
export function link(label: string, url: string | undefined): string {
  return url && label && url.length <= longestAddress ? `<${url}|${label.replaceAll('|', '/')}>` : label;
}

/** A mention of a Slack user; anything but a user id is shown as text. */
export function person(id: string): string {
  return /^[UW][A-Z0-9]{2,20}$/.test(id) ? `<@${id}>` : named(id, 60);
}

/** A mention of a Slack user or of everyone in a user group. */
export function mention(id: string): string {
  return /^S[A-Z0-9]{2,20}$/.test(id) ? `<!subteam^${id}>` : person(id);
}

// Not next to a backtick: in a thread a mention is replaced by code, and three backticks would open a block.
const marks = /`[^`]*`|(?<!`)&lt;(@[UW][A-Z0-9]{2,20}|!subteam\^S[A-Z0-9]{2,20})&gt;(?!`)/g;

/** An escaped sentence of the core, with its references to users and groups as mentions; inline code is left unchanged. */
export function withPeople(escaped: string): string {
  return escaped.replace(marks, (whole, target: string | undefined) => (target === undefined ? whole : `<${target}>`));
}

/** A sentence of the core for text without markup: users and groups by their ids. */
export function withIds(text: string): string {
  return text.replace(/`[^`]*`|<(?:@|!subteam\^)([UWS][A-Z0-9]{2,20})>/g, (whole, id: string | undefined) => id ?? whole);
}

/** A channel as a link to it, which notifies nobody. */
export function channel(id: string): string {
  return /^[CGD][A-Z0-9]{2,20}$/.test(id) ? `<#${id}>` : named(id, 60);
}

/** The commit's author, by name: normal progress of a run is no reason to notify anybody. */
export function author(commit: Commit): string | undefined {
  return commit.author && (named(commit.author.name, 80) || undefined);
}

/** A mention of the commit's author, if the configuration maps the email: a failure is a reason to notify. */
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
