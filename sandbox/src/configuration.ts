import { stringify } from 'yaml';

/** What the configuration of a sandbox's bot is made from. */
export interface ConfigurationParts {
  /** The sample repository: its address used by the bot, and the one used by pods. */
  readonly git: string;
  readonly clone: string;
  readonly registry: { readonly push: string; readonly pull: string; readonly api: string };
  /** GPUs that the test stage asks for. */
  readonly gpus: number;
  /** owner/name at the stand-in for GitHub. */
  readonly github?: string;
  /** Whether runs that pass can be released. */
  readonly release?: boolean;
  readonly over?: Readonly<Record<string, unknown>>;
  /** Further or other keys of the repository. */
  readonly repository?: Readonly<Record<string, unknown>>;
  /** Stages in place of the usual two. */
  readonly stages?: readonly unknown[];
}

const build = {
  template: 'makisu',
  timeout: '10m',
  startTimeout: '10m',
  workspace: '100Mi',
  values: { commit: 'explicit' },
};

/** What a run of the sandbox does. */
function usualStages({ gpus, release }: ConfigurationParts): unknown[] {
  const approved = {
    approvals: { votes: 1, expires: '1h' },
    github: { assets: ['scheduler/*.sh', 'README.md'], notes: 'commits', log: true },
    images: [{ ...build, template: 'release-copy', name: 'release-stock', repository: 'sample/scheduler-release' }],
  };
  return [
    { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
    { name: 'test', test: { template: gpus > 0 ? 'gpu-test' : 'test', gpus, timeout: '5m', startTimeout: '10m' } },
    ...(release ? [{ name: 'release', release: approved }] : []),
  ];
}

/** The `coxswain.yaml` of a sandbox: one repository that builds an image, tests it and, where that is wanted, releases it. */
export function configurationText(parts: ConfigurationParts): string {
  const { git, clone, registry, github, over = {}, stages, repository = {} } = parts;
  const hosts = [...new Set([git, clone].map((url) => new URL(url).host))];
  return stringify({
    instance: 'sandbox',
    channel: '#ci',
    poll: '*/2 * * * * *',
    people: {
      operators: ['S0123OPS'],
      approvers: ['S0123OPS', 'S0456APPROVE'],
      emails: { 'ada@example.com': 'U0123ADA', 'lin@example.com': 'U0456LIN' },
    },
    registry,
    git: { httpHosts: hosts },
    keep: { namespaces: '2m' },
    cache: 'makisu-cache.coxswain-cache.svc.cluster.local:6379',
    repositories: [
      {
        name: 'scheduler',
        short: 'scheduler',
        git,
        clone,
        branches: ['main', 'feature/*'],
        ...(github === undefined ? {} : { github }),
        version: { from: 'readme', write: 'commit' },
        stages: stages ?? usualStages(parts),
        ...repository,
      },
    ],
    ...over,
  });
}
