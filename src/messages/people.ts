import type { Commit, RunCause } from '../core/run.ts';
import { outside } from './escape.ts';

/** A mention of a Slack user; what is no user id is shown as text. */
export function person(id: string): string {
  return /^[UW][A-Z0-9]{2,20}$/.test(id) ? `<@${id}>` : outside(id, 60);
}

/** Who wrote the commit: the Slack user where the configuration knows the e-mail, else the name. */
export function author(commit: Commit, people: Readonly<Record<string, string>>): string | undefined {
  if (!commit.author) return undefined;
  const id = Object.hasOwn(people, commit.author.email) ? people[commit.author.email] : undefined;
  return id ? person(id) : outside(commit.author.name, 80) || undefined;
}

/** What started a run, in words. */
export function startedBy(cause: RunCause, retryOf: string | undefined): string {
  if (cause.kind === 'commit') return 'started by the commit';
  return cause.kind === 'retry'
    ? `retry of ${outside(retryOf ?? 'an earlier run', 60)}, asked for by ${person(cause.by)}`
    : `started by ${person(cause.by)}`;
}
