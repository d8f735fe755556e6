import { compareVersions, isPrerelease, type Version, versionOfTag } from './version.ts';

/**
 * The tag of the previous version: the highest one below. A release follows the previous release, ignoring pre-releases in between;
 * if all lower versions are pre-releases, it follows the highest of those.
 * @param prefix what precedes the version in a tag; tags without a valid version after it are ignored
 */
export function previousTag(tags: readonly string[], version: Version, prefix: string): string | undefined {
  const below = tags
    .flatMap((tag) => {
      const found = versionOfTag(tag, prefix);
      return found && compareVersions(found, version) < 0 ? [{ tag, found }] : [];
    })
    .toSorted((a, b) => compareVersions(a.found, b.found));
  const releases = isPrerelease(version) ? [] : below.filter(({ found }) => !isPrerelease(found));
  return (releases.at(-1) ?? below.at(-1))?.tag;
}
