import type { Repository } from '../../core/config.ts';
import type { Run } from '../../core/run/run.ts';
import { asCommand, quoted } from '../../core/text/quoted.ts';
import { isPrerelease, parseVersion, tagOfVersion } from '../../core/version/version.ts';

/** The next step if a version is taken: another version, set in the way that the repository is configured for. */
export function bumpFirst(run: Run, { version: source }: Repository): string {
  const again = asCommand(`run ${run.repository} ${run.branch}`);
  const place = source?.path === undefined ? 'its file' : `\`${source.path}\``;
  if (source?.from === 'tags') return `Push a tag such as \`${nextTag(run, source.prefix)}\` at this commit, then ${again}.`;
  if (!source || source.write === 'none')
    return `Bump the version in ${place} with a commit to ${quoted(run.branch)}; the run of that commit can be released.`;
  const merged = source.write === 'pull-request' ? ', merge that' : '';
  return `Bump the version (${asCommand(`version ${run.repository} patch ${run.branch}`)})${merged}, then ${again}.`;
}

/** The tag of the next patch version after that of a run; for a pre-release, of the version that it precedes. */
function nextTag(run: Run, prefix: string): string {
  const version = parseVersion(run.release?.version ?? '') ?? { major: 0, minor: 1, patch: 0, pre: [], build: [] };
  const patch = isPrerelease(version) ? version.patch : version.patch + 1;
  return tagOfVersion({ ...version, patch, pre: [], build: [] }, prefix);
}
