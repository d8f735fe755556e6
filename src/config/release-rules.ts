import { canMeet } from '../core/git/branch-patterns.ts';
import type { Path, RuleIssue } from './document.ts';

/** What the rules read from a repository with a release. */
interface Released {
  readonly github?: string | undefined;
  readonly version?: unknown;
  /** The watched branches. */
  readonly branches: readonly string[];
  readonly stages: readonly {
    readonly name?: string | undefined;
    readonly release?:
      | {
          readonly branches: readonly string[];
          readonly images: readonly { readonly name?: string | undefined; readonly registry?: string | undefined }[];
          readonly github?: unknown;
        }
      | undefined;
  }[];
}

/** The rules for release stages: only one, as the last stage, with a version, and with valid references. */
export function releaseFindings({ github, version, branches, stages }: Released, registries: readonly string[], path: Path): RuleIssue[] {
  return stages.flatMap(({ release }, index): RuleIssue[] => {
    if (!release) return [];
    const here = [...path, 'stages', index, 'release'];
    const findings: RuleIssue[] = [];
    if (index < stages.length - 1) findings.push([here, 'can only be the last stage']);
    if (version === undefined) findings.push([here, 'needs `version:` in this repository, to know what to release']);
    if (release.github !== undefined && github === undefined)
      findings.push([[...here, 'github'], 'needs `github: owner/name` in this repository']);
    if (release.github === undefined && release.images.length === 0) findings.push([here, 'releases nothing; add images, github or both']);
    return [...findings, ...branchFindings(release.branches, branches, here), ...imageFindings(release.images, stages, registries, here)];
  });
}

/** A branch that is not watched can never be released: usually a typo. */
function branchFindings(released: readonly string[], watched: readonly string[], here: Path): RuleIssue[] {
  return released.flatMap((pattern, at): RuleIssue[] => {
    if (watched.some((one) => canMeet(pattern, one))) return [];
    return [
      [[...here, 'branches', at], `${JSON.stringify(pattern)} is not watched: \`branches\` of this repository lists ${watched.join(', ')}`],
    ];
  });
}

function imageFindings(
  images: readonly { readonly name?: string | undefined; readonly registry?: string | undefined }[],
  stages: Released['stages'],
  registries: readonly string[],
  here: Path,
): RuleIssue[] {
  return images.flatMap(({ name, registry }, at): RuleIssue[] => {
    const taken = stages.some((stage) => stage.name === name) || images.slice(0, at).some((one) => one.name === name) || name === 'github';
    const known = registry === undefined || registries.includes(registry);
    return [
      ...(name !== undefined && taken
        ? [
            [
              [...here, 'images', at, 'name'],
              'is already the name of another stage or image of this repository (or `github`)',
            ] satisfies RuleIssue,
          ]
        : []),
      ...(known
        ? []
        : [
            [
              [...here, 'images', at, 'registry'],
              `is not one of \`registries\`: ${registries.join(', ') || 'none are configured'}`,
            ] satisfies RuleIssue,
          ]),
    ];
  });
}
