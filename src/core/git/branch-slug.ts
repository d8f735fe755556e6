/** Of a label's value and of a namespace (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). */
const longestLabel = 63;

/**
 * The one form in which a branch stands in the tags of images, in namespaces and in labels: lower-case letters, digits and single dashes,
 * with a letter or digit at both ends, at most `most` characters: `feature-212-kops-1-11` for `feature/212_kops_1_11`.
 * Where more is lost than the kind of a separator (`/`, `_`, `.`, `-`), a mark made from the whole name follows, so that no two branches
 * with another difference get the same one.
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

/** Seven characters of a text: FNV-1a of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv) in base 36. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, '0');
}
