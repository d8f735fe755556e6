/** The authentication that a registry requires: the scheme and its parameter names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The challenges of a WWW-Authenticate header (RFC 9110, section 11.6.1); one header may contain several. */
export function readChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const piece = /(?<name>[\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s,"]+)))?/g;
  for (const { groups } of header.matchAll(piece)) {
    const name = groups?.name?.toLowerCase() ?? '';
    const value = groups?.quoted?.replace(/\\(.)/g, '$1') ?? groups?.plain;
    if (value === undefined) challenges.push({ scheme: name, parameters: Object.create(null) });
    else {
      const last = challenges.at(-1);
      if (last) last.parameters[name] = value;
    }
  }
  return challenges;
}
