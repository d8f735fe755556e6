import { stringify } from 'yaml';

/** What the configuration of a sandbox's bot is made from. */
export interface ConfigurationParts {
  /** The sample repository: as the bot says it, and as pods say it. */
  readonly git: string;
  readonly clone: string;
  readonly registry: { readonly push: string; readonly pull: string; readonly api: string };
  /** GPUs that the test stage asks for. */
  readonly gpus: number;
  /** owner/name at the stand-in for GitHub. */
  readonly github?: string;
  readonly over?: Readonly<Record<string, unknown>>;
  /** Further or other keys of the repository. */
  readonly repository?: Readonly<Record<string, unknown>>;
  /** Stages in place of the usual two. */
  readonly stages?: readonly unknown[];
}

/** The `coxswain.yaml` of a sandbox: one repository that builds an image and tests it. */
export function configurationText({ git, clone, registry, gpus, github, over = {}, stages, repository = {} }: ConfigurationParts): string {
  const hosts = [...new Set([git, clone].map((url) => new URL(url).host))];
  return stringify({
    instance: 'sandbox',
    channel: '#ci',
    poll: '*/2 * * * * *',
    people: { operators: ['S0123OPS'], emails: { 'ada@example.com': 'U0123ADA', 'lin@example.com': 'U0456LIN' } },
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
        stages: stages ?? usualStages(gpus),
        ...repository,
      },
    ],
    ...over,
  });
}

/** Builds an image and tests it. */
function usualStages(gpus: number): unknown[] {
  return [
    {
      name: 'image',
      image: {
        template: 'makisu',
        repository: 'sample/scheduler',
        timeout: '10m',
        startTimeout: '10m',
        workspace: '100Mi',
        values: { commit: 'explicit' },
      },
    },
    { name: 'test', test: { template: gpus > 0 ? 'gpu-test' : 'test', gpus, timeout: '5m', startTimeout: '10m' } },
  ];
}
