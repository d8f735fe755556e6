import type { z } from 'zod';
import { nearest } from '../core/text/nearest.ts';
import { type ConfigIssue, shown } from './config-error.ts';
import type { Path, SourceDocument } from './document.ts';

/** Planned keys that are not implemented yet: they deserve a better message than "unknown". */
const notYet: Readonly<Record<string, string>> = {
  images: 'starting runs on new images is',
  services: 'services alongside a test are',
};

/** The schema's issues as messages with their locations. */
export function schemaIssues(source: SourceDocument, issues: readonly z.core.$ZodIssue[]): ConfigIssue[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => source.mistake([...path, key], unknownKey(key, issue.message.split(', '))));
    }
    if (issue.code === 'invalid_key') {
      return [source.mistake(path, `found the key ${shown(path.at(-1))}; allowed: ${issue.issues[0]?.message ?? issue.message}`)];
    }
    return [source.mistake(path, wrongValue(valueAt(source.value, path), issue))];
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  const absent = notYet[key];
  if (absent) return `${absent} not available in this version; remove the key`;
  const [near] = nearest(key, known, 1);
  return `unknown key${near ? `, did you mean ${near}?` : ''}; allowed: ${known.join(', ')}`;
}

function wrongValue(value: unknown, issue: z.core.$ZodIssue): string {
  if (value === undefined) return `is missing; it is ${issue.message}`;
  const unquoted = issue.code === 'invalid_type' && issue.expected === 'string' && ['number', 'boolean'].includes(typeof value);
  return `found ${shown(value)}; allowed: ${issue.message}${unquoted ? '; put it in quotes' : ''}`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inside, step) => (typeof inside === 'object' && inside !== null ? (inside as Record<string | number, unknown>)[step] : undefined),
    value,
  );
}
