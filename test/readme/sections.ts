/** The README with the text between `<!-- name -->` and `<!-- /name -->` replaced. @throws Error where a marker is missing */
export function withSections(readme: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, made]) => {
    const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`the README has no place for ${name}: ${begin.trim()} … ${end.trim()}`);
    return text.slice(0, from + begin.length) + made + text.slice(to);
  }, readme);
}

/** The paths that the drawing names: lines of the first code block with `src/`, indented by two spaces for what is inside. */
export function drawnPaths(readme: string): string[] {
  const block = readme.split('```').find((part, index) => index % 2 === 1 && /^src\/$/m.test(part)) ?? '';
  const paths: string[] = [];
  let folder = '';
  for (const line of block.split('\n')) {
    const [, indent = '', names = ''] = /^( *)((?:[\w.-]+\/?)(?: [\w.-]+\.[\w]+)*)(?: {2,}|$)/.exec(line) ?? [];
    if (!names) continue;
    if (indent === '') folder = names.endsWith('/') ? names : '';
    for (const name of names.split(' ')) paths.push(indent === '' ? name : folder + name);
  }
  return paths;
}
