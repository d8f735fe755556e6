import type { Commit, RunCause } from '../core/run.ts';
import { outside } from './escape.ts';

/** A mention of a Slack user; what is no user id is shown as text. */
export function person(id: string): string {
  return /^[UW][A-Z0-9]{2,20}$/.test(id) ? `<@${id}>` : outside(id, 60);
}

/** Who wrote the commit, by name: that a run goes its way is no reason to ring anybody. */
export function author(commit: Commit): string | undefined {
  return commit.author && (outside(commit.author.name, 80) || undefined);
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
    ? `retry of ${outside(retryOf ?? 'an earlier run', 60)}, asked for by ${person(cause.by)}`
    : `started by ${person(cause.by)}`;
}
