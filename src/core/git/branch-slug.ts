/** Maximum length of a label value and of a namespace (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). */
const longestLabel = 63;

/**
 * The one form of a branch name in image tags, namespaces and labels: lower-case letters, digits and single dashes,
 * with a letter or digit at both ends, at most `most` characters: `feature-212-kops-1-11` for `feature/212_kops_1_11`.
 * If more is lost than the kind of separator (`/`, `_`, `.`, `-`), a hash of the whole name is appended, so that no two branches
 * that differ otherwise get the same slug.
 */
export function branchSlug(branch: string, most: number = longestLabel): string {
  const slug = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const faithful = slug === branch.replace(/[/_.]/g, '-');
  if (faithful && slug !== '' && slug.length <= most) return slug;
  const mark = markOf(branch);
  const head = slug.slice(0, most - mark.length - 1).replace(/-$/, '');
  return head === '' ? `b-${mark}` : `${head}-${mark}`;
}

/** A seven-character hash of a text: 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv) in base 36. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, '0');
}
