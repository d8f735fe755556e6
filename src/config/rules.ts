import { z } from 'zod';
import type { GitRules } from '../core/config.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { trimEndSigns, trimSigns } from '../core/text/trim.ts';
import type { ConfigIssue } from './config-error.ts';
import type { Path, RuleIssue, SourceDocument } from './document.ts';
import { gitLoginFindings } from './git-login-rules.ts';
import { gpuFindings } from './gpu-rule.ts';
import { releaseFindings } from './release-rules.ts';
import { templateFindings } from './template-rule.ts';

/** Checks implemented by the clients. */
export interface Checks {
  /** What is wrong with a cron expression, if anything is. */
  cron(expression: string): string | undefined;
  /** @throws UserError if the address is not allowed */
  gitUrl(url: string, rules: GitRules): void;
  /** What is wrong with the name of a job template, if anything is; absent: templates are not checked. */
  template?(name: string): string | undefined;
}

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string()).catch([]);
const body = z.looseObject({ template: text }).optional().catch(undefined);
const release = z
  .looseObject({
    branches: texts,
    images: z.array(z.looseObject({ name: text, template: text, registry: text })).catch([]),
    github: z.unknown().optional(),
  })
  .optional()
  .catch(undefined);
const stage = z.object({ name: text, image: body, test: body, release });
const repository = z.object({
  name: text,
  short: text,
  git: text,
  clone: text,
  github: text,
  branches: z.array(z.string()).catch(['main']),
  version: z.looseObject({ from: text, path: text, write: text }).optional().catch(undefined),
  stages: z.array(stage.catch({ name: undefined, image: undefined, test: undefined, release: undefined })).catch([]),
});

const nothing = {
  name: undefined,
  short: undefined,
  git: undefined,
  clone: undefined,
  github: undefined,
  branches: [],
  version: undefined,
  stages: [],
};

/** What the rules read. It accepts anything, so that the rules can be checked together with issues of other kinds. */
const view = z
  .object({
    poll: text,
    registries: z.record(z.string(), z.unknown()).catch({}),
    git: z.object({ httpHosts: texts, localRoots: texts }).catch({ httpHosts: [], localRoots: [] }),
    networkPolicy: text,
    repositories: z.array(repository.catch(nothing)).catch([]),
  })
  .catch({ poll: undefined, networkPolicy: undefined, registries: {}, git: { httpHosts: [], localRoots: [] }, repositories: [] });

type View = z.output<typeof view>;

/** The rules that relate several keys. */
export function ruleIssues(source: SourceDocument, checks: Checks): ConfigIssue[] {
  const seen = view.parse(source.value);
  const template = (name: string) => checks.template?.(name);
  const findings = [
    ...complaint(['poll'], seen.poll, (rule) => demand(checks.cron(rule))),
    ...namesAreUnique(seen),
    ...gitUrlsAreAccepted(seen, checks),
    ...networkFindings(seen.networkPolicy, template),
    ...gitLoginFindings(source.value),
    ...gpuFindings(source.value),
    ...seen.repositories.flatMap((each, index) => versionFindings(each, ['repositories', index, 'version'])),
    ...seen.repositories.flatMap((each, index) => stageFindings(each.stages, ['repositories', index, 'stages'])),
    ...seen.repositories.flatMap(({ stages }, index) => templateFindings(stages, ['repositories', index, 'stages'], template)),
    ...seen.repositories.flatMap((each, index) => releaseFindings(each, Object.keys(seen.registries), ['repositories', index])),
  ];
  return findings.map(([path, message]) => source.mistake(path, message));
}

function networkFindings(name: string | undefined, mistakeIn: (name: string) => string | undefined): RuleIssue[] {
  const issue = name === undefined || name === 'none' ? undefined : mistakeIn(name);
  return issue === undefined ? [] : [[['networkPolicy'], issue]];
}

function complaint(path: Path, value: string | undefined, check: (value: string) => void): RuleIssue[] {
  if (value === undefined) return [];
  try {
    check(value);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [[path, messageOf(error)]];
  }
}

function demand(issue: string | undefined): void {
  if (issue) throw new UserError(issue);
}

/** The default short name of a repository: its name reduced to the characters allowed in a namespace. */
export function shortOf(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return trimEndSigns(trimSigns(plain, '-').slice(0, 20), '-') || 'run';
}

function namesAreUnique({ repositories }: View): RuleIssue[] {
  const names = repositories.map(({ name }) => name);
  const shorts = repositories.map(({ name, short }) => short ?? (name && shortOf(name)));
  return [
    ...repeated(names).map(([index, first]): RuleIssue => [['repositories', index, 'name'], `is already used by repositories[${first}]`]),
    ...repeated(shorts)
      .filter(([index, first]) => names[index] !== names[first] || repositories[index]?.short !== undefined)
      .map(
        ([index, first]): RuleIssue => [
          ['repositories', index, repositories[index]?.short === undefined ? 'name' : 'short'],
          `the short name ${shorts[index]} is already used by repositories[${first}]; give this one a different \`short\``,
        ],
      ),
    ...repositories.flatMap(({ short }, index): RuleIssue[] => {
      const other = short === undefined ? -1 : names.findIndex((name, at) => at !== index && name?.toLowerCase() === short.toLowerCase());
      const issue = `${short} is the name of repositories[${other}], so the word would mean both; give this one a different \`short\``;
      return other < 0 || shorts.indexOf(short) !== index ? [] : [[['repositories', index, 'short'], issue]];
    }),
  ];
}

/** Indexes of duplicate values, each with the index of the first occurrence. */
function repeated(values: readonly (string | undefined)[]): (readonly [index: number, first: number])[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    return value !== undefined && first < index ? [[index, first] as const] : [];
  });
}

function gitUrlsAreAccepted({ git, repositories }: View, checks: Checks): RuleIssue[] {
  const rules = { ...git, botEmail: '' };
  return repositories.flatMap((each, index) =>
    (['git', 'clone'] as const).flatMap((key) => complaint(['repositories', index, key], each[key], (url) => checks.gitUrl(url, rules))),
  );
}

function versionFindings({ version, github }: View['repositories'][number], path: Path): RuleIssue[] {
  if (version?.from === 'tags' && version.path !== undefined)
    return [[[...path, 'path'], 'has no effect: tags are not in a file; remove it']];
  if (version?.from === 'tags' && (version.write ?? 'none') !== 'none') {
    return [[[...path, 'write'], 'has no effect: tags are not in a file that a bump could change; remove it']];
  }
  if (version?.write === 'pull-request' && github === undefined) {
    return [[[...path, 'write'], 'is pull-request, which needs `github: owner/name` in this repository']];
  }
  return [];
}

function stageFindings(stages: View['repositories'][number]['stages'], path: Path): RuleIssue[] {
  const again = repeated(stages.map(({ name }) => name)).map(
    ([index, first]): RuleIssue => [[...path, index, 'name'], `is already used by stages[${first}] of this repository`],
  );
  return [...again, ...stages.flatMap((each, index) => kindFindings(each, [...path, index], stages.slice(0, index)))];
}

function kindFindings(each: z.output<typeof stage>, path: Path, before: readonly z.output<typeof stage>[]): RuleIssue[] {
  const kinds = (['image', 'test'] as const).filter((kind) => each[kind] !== undefined);
  const findings: RuleIssue[] = [];
  if (kinds.length === 0 && each.release === undefined) findings.push([path, 'does nothing; give it one of image, test, release']);
  if (kinds.length + (each.release ? 1 : 0) > 1)
    findings.push([path, 'has more than one of image, test, release; make each a stage of its own']);
  if (each.test && !before.some(({ image }) => image)) {
    findings.push([[...path, 'test'], 'has no image to test; add a stage with `image` before it']);
  }
  return findings;
}
