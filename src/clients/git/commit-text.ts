import type { Commit } from '../../core/run/run.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { inQuotes } from '../../core/text/quoted.ts';

/** The format (git-rev-list(1)) that `readCommit` reads: fields separated by NUL, which no field can contain. */
export const commitFormat = '%H%x00%an%x00%ae%x00%aI%x00%s';

/** @throws Error if git printed something else */
export function readCommit(printed: string, sha: string): Commit {
  const [hash, name = '', email = '', date = '', subject = ''] = printed.replace(/\n$/, '').split('\0');
  if (hash !== sha) throw new Error(`git showed ${inQuotes(hash ?? '')} where commit ${sha} was asked for`);
  return { sha, subject: plainLine(subject), author: { name: plainLine(name), email: plainLine(email) }, date };
}

/** A commit object as git stores it (git-cat-file(1)): headers, an empty line, the message. A field that cannot be read is left out. */
export function commitOf(object: Buffer, sha: string): Commit {
  const text = decoded(object);
  const end = text.indexOf('\n\n');
  const [head, message] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 2)];
  const [, line = ''] = /^author (.*)$/m.exec(head) ?? [];
  const author = /^(?<name>[^<]*)<(?<email>[^>]*)>(?: (?<seconds>-?\d+) (?<zone>[+-]\d{4}))?/.exec(line)?.groups;
  const [subject = ''] = message.replace(/^\s+/, '').split(/\n[ \t]*(?:\n|$)/, 1);
  const date = author?.seconds && author.zone ? dateOf(Number(author.seconds), author.zone) : undefined;
  return {
    sha,
    subject: plainLine(subject),
    ...(author && { author: { name: plainLine(author.name ?? ''), email: plainLine(author.email ?? '') } }),
    ...(date && { date }),
  };
}

/** ISO 8601 in the author's time zone, as git's `%aI`. */
function dateOf(seconds: number, zone: string): string | undefined {
  const [sign, hours, minutes] = [zone[0], zone.slice(1, 3), zone.slice(3)];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const local = new Date((seconds + offset * 60) * 1_000);
  if (Number.isNaN(local.getTime())) return undefined;
  return `${local.toISOString().slice(0, 19)}${sign}${hours}:${minutes}`;
}

function decoded(object: Buffer): string {
  const name = /^encoding (.+)$/m.exec(object.toString('latin1').split('\n\n', 1)[0] ?? '')?.[1];
  try {
    return new TextDecoder(name).decode(object);
  } catch {
    return object.toString('utf8');
  }
}
