/**
 * Branch patterns: `*` stands for any characters but `/`, `**` for any characters at all, `?` for one character but `/`.
 * `feature/*` is feature/x and not feature/x/y; `feature/**` is both; `**` is every branch.
 */
export interface BranchPatterns {
  matches(branch: string): boolean;
  /** Prefixes of the full names of all refs that can match; as few as say it. */
  readonly refPrefixes: readonly string[];
}

const longest = 250;

export function branchPatterns(patterns: readonly string[]): BranchPatterns {
  const expressions = patterns.map((pattern) => new RegExp(`^${expressionOf(pattern)}$`, 'su'));
  const prefixes = [...new Set(patterns.map((pattern) => `refs/heads/${pattern.replace(/[*?].*$/s, '')}`))];
  return {
    matches: (branch) => expressions.some((expression) => expression.test(branch)),
    refPrefixes: prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other))),
  };
}

/** Whether there can be a branch that both patterns match: a walk through all pairs of places in them. */
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

/** Whether two parts of patterns stand for a character in common. */
function share(one: string, other: string): boolean {
  const isAny = (token: string) => token === '**';
  const isNoSlash = (token: string) => token === '*' || token === '?';
  if (isAny(one) || isAny(other)) return true;
  if (isNoSlash(one)) return other !== '/';
  return isNoSlash(other) ? one !== '/' : one === other;
}

/**
 * Whether git itself would allow a branch of this name (git-check-ref-format(1)), and it is no longer than 250 bytes.
 * A hostile server may send any bytes.
 */
export function isBranchName(name: string): boolean {
  if (name === '' || name === '@' || Buffer.byteLength(name) > longest || name.startsWith('-')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f-\u009f\u2028\u2029\ufffd~^:?*[\\]|\.\.|@\{|\/\/|\.$|^\/|\/$/.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

function expressionOf(pattern: string): string {
  const stands: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };
  return pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) => stands[part] ?? part.replace(/[\\^$.+()[\]{}|]/g, '\\$&'))
    .join('');
}
