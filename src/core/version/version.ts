import { UserError } from '../errors.ts';
import { stampOf } from '../time/stamp.ts';

/** A version according to Semantic Versioning 2.0.0 (https://semver.org). */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The pre-release part, split at its dots. */
  readonly pre: readonly string[];
  /** Build metadata; ignored in comparisons. */
  readonly build: readonly string[];
}

export const bumps = ['pre', 'patch', 'minor', 'major', 'rc'] as const;
export type Bump = (typeof bumps)[number];

/** A version is also used as an image tag, which has at most 128 characters (OCI distribution specification). */
const longest = 128;

const number = '0|[1-9]\\d{0,14}';
const preIdentifier = '0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*';
const form = new RegExp(
  `^(?<major>${number})\\.(?<minor>${number})\\.(?<patch>${number})` +
    `(?:-(?<pre>(?:${preIdentifier})(?:\\.(?:${preIdentifier}))*))?(?:\\+(?<build>[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$`,
);

/** Undefined if the text is no version. */
export function parseVersion(text: string): Version | undefined {
  if (text.length > longest) return undefined;
  const { major, minor, patch, pre, build } = form.exec(text)?.groups ?? {};
  if (major === undefined) return undefined;
  const parts = (dotted: string | undefined) => (dotted === undefined ? [] : dotted.split('.'));
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre: parts(pre), build: parts(build) };
}

export function formatVersion({ major, minor, patch, pre, build }: Version): string {
  const after = (sign: string, parts: readonly string[]) => (parts.length > 0 ? sign + parts.join('.') : '');
  return `${major}.${minor}.${patch}${after('-', pre)}${after('+', build)}`;
}

/** Negative if `a` precedes `b`, 0 if they are equal in precedence: semver.org, section 11. */
export function compareVersions(a: Version, b: Version): number {
  const difference = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (difference !== 0) return difference;
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (const [index, part] of a.pre.entries()) {
    const other = b.pre[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(part, other);
    if (order !== 0) return order;
  }
  return a.pre.length - b.pre.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [aNumeric, bNumeric] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  // Without leading zeros, the longer number is the larger one.
  if (aNumeric && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}

/** Whether it is a pre-release, as GitHub marks releases. */
export function isPrerelease({ pre }: Version): boolean {
  return pre.length > 0;
}

/** What a bump depends on besides the version. */
export interface BumpSurroundings {
  readonly branch: string;
  readonly now: Date;
  /** All tags of the remote; only read by `rc`. */
  readonly tags: readonly string[];
  /** What precedes the version in a tag. */
  readonly prefix: string;
}

/**
 * The next version, as duat's `semver` tool computes it: `patch` on a pre-release drops the pre-release and bumps nothing, `pre` keeps
 * the numbers, `rc` counts from the tags. Build metadata is dropped.
 * @throws UserError if a pre-release has no branch to be named after
 */
export function bumped(version: Version, bump: Bump, around: BumpSurroundings): Version {
  const { major, minor, patch } = version;
  const plain = { pre: [], build: [] };
  if (bump === 'major') return { major: major + 1, minor: 0, patch: 0, ...plain };
  if (bump === 'minor') return { major, minor: minor + 1, patch: 0, ...plain };
  if (bump === 'patch') return { major, minor, patch: isPrerelease(version) ? patch : patch + 1, ...plain };
  const core = { major, minor, patch, ...plain };
  return bump === 'rc' ? { ...core, pre: ['rc', String(nextCandidate(core, around))] } : { ...core, pre: [preRelease(core, around)] };
}

/** `<branch>-<stamp>` as one identifier, truncated so that the version can be an image tag. */
function preRelease(core: Version, { branch, now }: BumpSurroundings): string {
  const stamp = stampOf(now);
  const clean = branch.replace(/[^0-9A-Za-z]/g, '-').slice(0, longest - formatVersion(core).length - stamp.length - 2);
  if (clean === '')
    throw new UserError('A pre-release is named after its branch, and there is none here (a detached checkout?): name the branch.');
  return `${clean}-${stamp}`;
}

function nextCandidate(core: Version, { tags, prefix }: BumpSurroundings): number {
  const numbers = tags.flatMap((tag) => {
    const found = versionOfTag(tag, prefix);
    const [rc, n = '', ...more] = found?.pre ?? [];
    const same = found?.major === core.major && found.minor === core.minor && found.patch === core.patch;
    return same && rc === 'rc' && /^\d{1,15}$/.test(n) && more.length === 0 ? [Number(n)] : [];
  });
  return Math.max(0, ...numbers) + 1;
}

/** `v1.2.3` for 1.2.3. */
export function tagOfVersion(version: Version, prefix: string): string {
  return prefix + formatVersion(version);
}

/** The version as an image tag, which may not contain `+`. */
export function imageTag(version: string): string {
  return version.replaceAll('+', '_');
}

/** Undefined if the tag does not begin with the prefix or has no valid version after it. */
export function versionOfTag(tag: string, prefix: string): Version | undefined {
  return tag.startsWith(prefix) ? parseVersion(tag.slice(prefix.length)) : undefined;
}

/** The highest version among tags; undefined if none is a version. */
export function newestVersion(tags: readonly string[], prefix: string): Version | undefined {
  const versions = tags.flatMap((tag) => versionOfTag(tag, prefix) ?? []);
  return versions.toSorted(compareVersions).at(-1);
}
