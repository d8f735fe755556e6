import type { Path, RuleIssue } from './document.ts';

/** What the rule reads from a stage. */
interface Templated {
  readonly image?: { readonly template?: string | undefined } | undefined;
  readonly test?: { readonly template?: string | undefined } | undefined;
  readonly release?: { readonly images: readonly { readonly template?: string | undefined }[] } | undefined;
}

/** Templates of stages and release images that cannot be used. `mistakeIn`: what is wrong with a template's name. */
export function templateFindings(stages: readonly Templated[], path: Path, mistakeIn: (name: string) => string | undefined): RuleIssue[] {
  return stages.flatMap(({ image, test, release }, index) =>
    [
      [[...path, index, 'image', 'template'], image?.template] as const,
      [[...path, index, 'test', 'template'], test?.template] as const,
      ...(release?.images ?? []).map((one, at) => [[...path, index, 'release', 'images', at, 'template'], one.template] as const),
    ].flatMap(([place, name]): RuleIssue[] => {
      const issue = name === undefined ? undefined : (ofRepository(name) ?? mistakeIn(name));
      return issue === undefined ? [] : [[place, issue]];
    }),
  );
}

function ofRepository(name: string): string | undefined {
  return name.startsWith('repo:') ? 'templates of the watched repository (repo:…) are not available in this version' : undefined;
}
