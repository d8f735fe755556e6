/** Replaces `$name`, `${name}`, `${name:-default}` and `${name:+other}`; what is not known stays as it is, `\$` is a dollar sign. */
export function replaceVariables(text: string, known: ReadonlyMap<string, string>): string {
  const pattern = /\\\$|\$\{([A-Za-z_]\w*)(?::([-+])((?:\\\}|[^{}])*))?\}|\$([A-Za-z_]\w*)/g;
  return text.replace(pattern, (whole: string, braced?: string, rule?: string, other = '', bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const value = known.get(name);
    if (rule === '+') return value === undefined ? '' : other;
    return value ?? (rule === '-' ? other : whole);
  });
}

/** `["a", "b"]`, undefined where the text is no JSON list of strings. */
export function jsonWords(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `a=b "c"="d e" f=g\ h`, undefined where the text is not made of pairs. */
export function pairsIn(text: string): Record<string, string> | undefined {
  const pairs: Record<string, string> = {};
  const pattern = /\s*([\w.-]+)=("((?:\\.|[^"\\])*)"|(?:\\.|[^\s\\])+)(?=\s|$)/gsy;
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, name = '', bare = '', quoted] = match;
    pairs[name] = (quoted ?? bare).replace(/\\(["\s])/g, '$1');
    end = pattern.lastIndex;
  }
  return text.slice(end).trim() === '' && end > 0 ? pairs : undefined;
}

/** The line up to a `#` that stands outside quotes, and whether what follows it asks for a commit. */
export function withoutComment(line: string): { text: string; commit: boolean } {
  const first = line.indexOf('#');
  if (first === -1) return { text: line, commit: false };
  const commit = /#!\s*commit/i.test(line.slice(first));
  let quote = '';
  for (const [at, char] of [...line].entries()) {
    if (quote === '' && char === '#') return { text: [...line].slice(0, at).join(''), commit };
    if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
  }
  return { text: line, commit };
}
