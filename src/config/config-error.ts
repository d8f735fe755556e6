import { UserError } from '../core/errors.ts';
import { inQuotes } from '../core/text/quoted.ts';

/** One issue: its location, and a sentence with what was found and what is allowed. */
export interface ConfigIssue {
  /** Name of the file, or `environment`. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** `repositories[0].branches`, or the name of a variable. */
  readonly path?: string;
  readonly message: string;
}

/** All issues of a configuration at once. */
export class ConfigError extends UserError {
  readonly issues: readonly ConfigIssue[];
  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(issueText).join('\n'));
    this.issues = issues;
  }
}

/** `coxswain.yaml:12:7: repositories[0].git: is missing; …` */
function issueText({ file, line, column, path, message }: ConfigIssue): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${path ? `${path}: ` : ''}${message}`;
}

/** A value as shown in a message. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return inQuotes(value, 78);
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

/**
 * The results of all readers, in order.
 * @throws ConfigError with the issues of all of them.
 */
export function collectErrors<T extends readonly unknown[]>(...readers: { readonly [K in keyof T]: () => T[K] }): T {
  const outcomes = readers.map(tried);
  const issues = outcomes.flatMap((one) => one.mistakes);
  if (issues.length > 0) throw new ConfigError(issues);
  return outcomes.map(({ value }) => value) as unknown as T;
}

/** A reader's result, or the issues it found. */
export function tried<T>(read: () => T): { readonly value?: T; readonly mistakes: readonly ConfigIssue[] } {
  try {
    return { value: read(), mistakes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { mistakes: error.issues };
  }
}
