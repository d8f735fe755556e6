/**
 * Branch patterns: `*` matches any characters except `/`, `**` any characters at all, `?` one character except `/`.
 * `feature/*` matches feature/x but not feature/x/y; `feature/**` matches both; `**` matches every branch.
 */
export interface BranchPatterns {
  matches(branch: string): boolean;
  /** Minimal set of prefixes of the full names of all refs that can match. */
  readonly refPrefixes: readonly string[];
}

const longest = 250;

export function branchPatterns(patterns: readonly string[]): BranchPatterns {
  const globs = patterns.map(globOf);
  const prefixes = [...new Set(patterns.map((pattern) => `refs/heads/${literalStart(pattern)}`))];
  return {
    matches: (branch) => globs.some((glob) => matchesGlob(glob, branch)),
    refPrefixes: prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other))),
  };
}

/** Whether some branch name can match both patterns: a search through all pairs of positions in them. */
export function canMeet(a: string, b: string): boolean {
  const [first, second] = [tokensOf(a), tokensOf(b)];
  const reached = new Set([0]);
  const width = second.length + 1;
  for (const place of reached) {
    const [i, j] = [Math.floor(place / width), place % width];
    const [one, other] = [first[i], second[j]];
    if (one === undefined && other === undefined) return true;
    if (one?.startsWith('*')) reached.add((i + 1) * width + j);
    if (other?.startsWith('*')) reached.add(i * width + j + 1);
    if (one === undefined || other === undefined || !share(one, other)) continue;
    reached.add((one.startsWith('*') ? i : i + 1) * width + (other.startsWith('*') ? j : j + 1));
  }
  return false;
}

function tokensOf(pattern: string): string[] {
  return pattern.match(/\*\*|./gsu) ?? [];
}

/** Whether two pattern tokens can match a common character. */
function share(one: string, other: string): boolean {
  const isAny = (token: string) => token === '**';
  const isNoSlash = (token: string) => token === '*' || token === '?';
  if (isAny(one) || isAny(other)) return true;
  if (isNoSlash(one)) return other !== '/';
  return isNoSlash(other) ? one !== '/' : one === other;
}

/**
 * Whether git itself would allow a branch of this name (git-check-ref-format(1)), and it is at most 250 bytes long.
 * A hostile server may send any bytes.
 */
export function isBranchName(name: string): boolean {
  if (name === '' || name === '@' || Buffer.byteLength(name) > longest || name.startsWith('-')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f-\u009f\u2028\u2029\ufffd~^:?*[\\]|\.\.|@\{|\/\/|\.$|^\/|\/$/.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

type Part = '**' | '*' | '?' | { readonly character: string };

function globOf(pattern: string): readonly Part[] {
  return pattern
    .split(/(\*\*|\*|\?)/)
    .flatMap((part): readonly Part[] =>
      part === '**' || part === '*' || part === '?' ? [part] : [...part].map((character) => ({ character })),
    );
}

/** What precedes the first wildcard of a pattern. */
function literalStart(pattern: string): string {
  const at = pattern.search(/[*?]/);
  return at < 0 ? pattern : pattern.slice(0, at);
}

/**
 * Tracks all pattern positions that match the text read so far, character by character (Thompson 1968): time is bounded by the product
 * of the two lengths, whatever stars the pattern contains.
 */
function matchesGlob(glob: readonly Part[], text: string): boolean {
  let places = withSkippedStars(glob, new Set([0]));
  for (const character of text) {
    const next = new Set<number>();
    for (const place of places) {
      const part = glob[place];
      if (part === undefined || !takes(part, character)) continue;
      next.add(part === '**' || part === '*' ? place : place + 1);
    }
    places = withSkippedStars(glob, next);
  }
  return places.has(glob.length);
}

function takes(part: Part, character: string): boolean {
  if (typeof part === 'object') return part.character === character;
  return part === '**' || character !== '/';
}

/** A star may match nothing. Positions are added to the set while it is iterated. */
function withSkippedStars(glob: readonly Part[], places: Set<number>): Set<number> {
  for (const place of places) if (glob[place] === '**' || glob[place] === '*') places.add(place + 1);
  return places;
}
