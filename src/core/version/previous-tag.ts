import { compareVersions, isPrerelease, type Version, versionOfTag } from './version.ts';

/**
 * The tag of the version before: the highest one below. A release counts from the release before it, over the pre-releases between them;
 * where all that is below are pre-releases, from the highest of those.
 * @param prefix what stands before the version in a tag; tags that are no version after it do not count
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
