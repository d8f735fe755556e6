import type { VersionSource } from '../config.ts';
import { UserError } from '../errors.ts';
import { quoted } from '../text/quoted.ts';
import { parseVersion, type Version } from './version.ts';

type From = Exclude<VersionSource['from'], 'tags'>;

/** A version in a text: the characters from `start` to `end`. */
interface FilePosition {
  readonly start: number;
  readonly end: number;
}

/** How the positions are found, and what to write if there is none. */
const kinds: Readonly<Record<From, { readonly places: (text: string) => FilePosition[]; readonly what: string; readonly remedy: string }>> =
  {
    readme: {
      places: (text) => matches(text, /(?<=<repo-version>)[^<]{0,200}(?=<\/repo-version>)/g),
      what: '`<repo-version>` tag',
      remedy: 'add `<repo-version>0.1.0</repo-version>` to it',
    },
    adoc: {
      places: (text) => matches(text, /(?<=^:revision:)[ \t]+\S{1,200}/gim),
      what: '`:Revision:` line',
      remedy: 'add `:Revision: 0.1.0` to it, on its own line',
    },
    file: {
      places: filePlaces,
      what: 'version',
      remedy: 'the file should hold the version, such as `0.1.0`, and nothing else',
    },
    package: { places: packagePlaces, what: '`version`', remedy: 'add `"version": "0.1.0"` to it' },
  };

/**
 * The version in a file. If there are several, all must be equal.
 * @param place the file in words, such as `README.md on main`
 * @throws UserError that says what to write
 */
export function versionIn(from: From, text: string, place: string): Version {
  const { what, remedy } = kinds[from];
  const written = [...new Set(placesIn(from, text).map(({ start, end }) => text.slice(start, end)))];
  const [only, other] = written;
  if (only === undefined) throw new UserError(`There is no ${what} in ${place}: ${remedy}.`);
  if (other !== undefined)
    throw new UserError(`${place} contains different versions, ${quoted(only)} and ${quoted(other)}: make them the same.`);
  const version = parseVersion(only);
  if (!version)
    throw new UserError(`The ${what} in ${place} says ${quoted(only)}, which is not a version such as 1.2.3 or 1.2.3-main: fix it.`);
  return version;
}

/** The text with the version replaced at every position. */
export function withVersion(from: From, text: string, version: string): string {
  return placesIn(from, text).reduceRight((changed, { start, end }) => changed.slice(0, start) + version + changed.slice(end), text);
}

/** A leading byte order mark is not part of the text, and is kept when the text is changed. */
function placesIn(from: From, text: string): FilePosition[] {
  const skipped = text.startsWith('\ufeff') ? 1 : 0;
  return kinds[from].places(text.slice(skipped)).map(({ start, end }) => ({ start: start + skipped, end: end + skipped }));
}

function matches(text: string, pattern: RegExp): FilePosition[] {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => within(found, index));
}

/** Without surrounding white space. */
function within(found: string, at: number): FilePosition {
  const start = at + found.length - found.trimStart().length;
  return { start, end: Math.max(start, at + found.trimEnd().length) };
}

/** The only line of a file; a leading `v` is kept. */
function filePlaces(text: string): FilePosition[] {
  const { start, end } = within(text, 0);
  const line = text.slice(start, end);
  if (line === '' || line.includes('\n')) return [];
  return [{ start: /^v\d/.test(line) ? start + 1 : start, end }];
}

/** The value of the top-level `version` of a JSON text; nested ones do not count. */
function packagePlaces(text: string): FilePosition[] {
  if (!isJson(text)) return [];
  const places: FilePosition[] = [];
  let depth = 0;
  let key: string | undefined;
  let last: string | undefined;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"?|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth === 1 && token.startsWith('"')) {
      if (key === '"version"') places.push({ start: index + 1, end: index + token.length - 1 });
      last = token;
    }
    key = token === ':' && depth === 1 ? last : undefined;
  }
  return places;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
