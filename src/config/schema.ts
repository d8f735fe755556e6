import { z } from 'zod';
import {
  branch,
  channel,
  count,
  duration,
  hostAndPort,
  imageName,
  imageReference,
  insideFolder,
  list,
  map,
  registryHost,
  serverUrl,
  slug,
  text,
} from './forms.ts';
import { gitHost, gitLogins } from './git-schema.ts';
import { releaseStage } from './release-schema.ts';
import { version } from './version-schema.ts';

const certificateFile = text('the absolute path of a file with certificates (PEM)', /^\/[^\0\n\r]+$/).optional();
const who = 'Slack ids of users (U…, W…) or user groups (S…)';
const someone = 'Slack ids of users (U…, W…)';

const stageBasics = {
  timeout: duration('45m').describe('Time limit of the pod, counted from its start on a node.'),
  startTimeout: duration('2h').describe(
    'Time limit for the pod to start; 5 minutes if its image cannot be pulled or a container cannot be created.',
  ),
  workspace: text('a Kubernetes quantity such as 2Gi', /^[1-9]\d*(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$/)
    .default('2Gi')
    .describe('Size of the volume that the stages of a run share; the largest value in the repository counts.'),
  values: z
    .record(z.string(), z.unknown(), { error: 'a map' })
    .default({})
    .describe('Additional values for the template, under `.Values`.'),
};

const templateForm = 'the name of a job template (a file in manifests/jobs without .yaml), or the path of a file';
const template = text(templateForm, /^(?!-)[^\0\s]+$/).describe('The job template: a file in `manifests/jobs` without `.yaml`, or a path.');

const plainHttp = z.boolean({ error: 'true or false' }).optional().meta({
  description:
    'Whether pods use plain HTTP for `push`. If `false`, they use TLS, and verify it. Where the bot and pods reach a registry differently, its `api` does not tell.',
  byDefault:
    '`true` if `api` is http:// and `push` is the same address, or without `ca` a name inside of the cluster (`registry:5000`, `….svc:5000`, `….svc.cluster.local:5000`) with a port other than 443',
});

const pushes = ['direct', 'copy'] as const;

const imageBody = {
  template,
  repository: imageName.describe('Name of the image in the registry, without host and tag.'),
  context: insideFolder('the folder of the build context in the repository')
    .default('.')
    .describe('Folder of the build context in the repository.'),
  dockerfile: insideFolder('a file inside the build context').default('Dockerfile').describe('Relative to the build context.'),
  push: z
    .enum(pushes, { error: `one of ${pushes.join(', ')}` })
    .default('direct')
    .describe(
      '`direct`: the builder pushes the image. `copy`: Makisu only builds it, and skopeo pushes it, unchanged; for registries with relative Locations or basic authentication, to which Makisu cannot push. It has no layer cache then.',
    ),
  ...stageBasics,
};
const imageStage = map(imageBody);

const testStage = map({
  template,
  gpus: count(0).default(0).describe('GPUs that the stage requests.'),
  command: list(z.string({ error: 'text' }), 'a list of words such as [go, test, ./...]')
    .default([])
    .describe("The command to run in the image; empty: the image's own command."),
  ...stageBasics,
});

const stage = map({
  name: text(`a name of a-z, 0-9 and -, at most 40 characters`, new RegExp(`^(?=.{1,40}$)${slug}$`)).describe(
    'Unique within the repository; also the name of its Job.',
  ),
  image: imageStage.optional().describe('Makes this an image stage: builds an image and pushes it.'),
  test: testStage.optional().describe('Makes this a test stage: runs the image of the last image stage before it.'),
  release: releaseStage(imageBody)
    .optional()
    .describe('Makes this a release stage, which must be the last: releases the run once people have approved it.'),
}).meta({ oneOf: ['image', 'test', 'release'].map((kind) => ({ required: [kind] })) });

const repository = map({
  name: text('a name of letters, digits, - _ and ., at most 100 characters', /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/).describe(
    'Its name in chat.',
  ),
  short: text('a short name of a-z, 0-9 and -, at most 20 characters', new RegExp(`^(?=.{1,20}$)${slug}$`))
    .optional()
    .meta({ description: 'Prefix of run ids: `runner` in `runner-142`.', byDefault: 'derived from the name' }),
  git: z
    .string({ error: 'an https, http or ssh URL, or a local path' })
    .describe('Address that the bot polls: an https, http or ssh URL (also `git@host:path`), or a local path.'),
  clone: z
    .string({ error: 'an https, http or ssh URL, or a local path' })
    .optional()
    .meta({ description: 'Address that pods clone from, if different.', byDefault: 'same as `git`' }),
  branches: list(branch, 'a list of branches')
    .min(1, { error: 'at least one branch' })
    .default(['main'])
    .describe('Branches and globs to watch: `*` stands for any characters but `/`, `**` for any, `?` for one (`"feature/*"`).'),
  channel: channel.optional().meta({ description: 'Channel in which its runs are shown.', byDefault: 'same as `channel` above' }),
  github: text('owner/name', /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/)
    .optional()
    .describe('`owner/name` on GitHub, where commits are read and statuses are set.'),
  version: version.optional().describe('Where the version of the repository is kept; makes it available to runs and templates.'),
  stages: list(stage, 'a list of stages').min(1, { error: 'at least one stage' }).describe('The stages of a run, in order.'),
});

/** The format of `coxswain.yaml`. Descriptions and defaults generate the reference in the README. */
export const schema = map({
  instance: text('a name of a-z, 0-9 and -, at most 20 characters', new RegExp(`^(?=.{1,20}$)${slug}$`)).describe(
    'Name of this installation in the cluster and in chat; must not be used by another one.',
  ),
  channel: channel.describe('Channel in which runs are shown: `"#name"` in quotes, or an id.'),
  poll: z
    .string({ error: 'a cron expression in quotes' })
    .default('*/30 * * * * *')
    .describe('When to poll git for new commits: a cron expression, seconds first.'),
  people: map({
    operators: list(text(who, /^[UWS][A-Z0-9]{2,}$/), `a list of ${who}`)
      .default([])
      .describe('Who may run, cancel and retry: Slack ids of users or user groups; empty: everyone whom the bot answers.'),
    approvers: list(text(who, /^[UWS][A-Z0-9]{2,}$/), `a list of ${who}`)
      .default([])
      .describe('Who may approve releases: Slack ids of users or user groups.'),
    workspaces: list(
      text('the Slack id of a workspace (T…) or an organization (E…)', /^[TE][A-Z0-9]{2,}$/),
      'a list of Slack ids of workspaces (T…)',
    )
      .default([])
      .describe('Slack workspaces (T…) or organizations (E…) whose members the bot answers, in addition to its own workspace.'),
    guests: z
      .union([z.boolean(), list(text(someone, /^[UW][A-Z0-9]{2,}$/), `a list of ${someone}`)], {
        error: `true, false, or a list of ${someone}`,
      })
      .default(false)
      .describe('Whether the bot answers guests (restricted accounts): `true`, or a list of their Slack ids.'),
    emails: z
      .record(text('an e-mail address', /^[^\s@]+@[^\s@]+$/), text('the Slack id of a user (U…)', /^[UW][A-Z0-9]{2,}$/), {
        error: 'a map of e-mail addresses to Slack ids',
      })
      .default({})
      .describe('Maps the e-mail of a commit author to a Slack user id.'),
  }).prefault({}),
  registry: map({
    push: registryHost.describe('Address of the registry used by pods, `host:port`.'),
    pull: registryHost.describe('Address of the registry used by nodes, `host:port`.'),
    api: serverUrl.describe('Address of the registry used by the bot, a URL.'),
    ca: certificateFile.describe(
      'Path of a file with the certificates of its authority (PEM), if it is a private one. Nodes need them in the configuration of their container runtime.',
    ),
    plain: plainHttp,
  }),
  registries: z
    .record(
      text('a name of a-z, 0-9 and _', /^[a-z][a-z0-9_]{0,30}$/),
      map({
        push: registryHost.describe('Address of the registry used by pods, `host` or `host:port`.'),
        api: serverUrl.describe('Address of the registry used by the bot, a URL.'),
        ca: certificateFile.describe('Path of a file with the certificates of its authority (PEM), if it is a private one.'),
        plain: plainHttp,
      }),
      { error: 'a map of names to registries' },
    )
    .default({})
    .describe(
      'External registries for release images, by name: `push` (address used by pods), `api` (URL used by the bot) and, for a private certificate authority, `ca` (path of its certificates, PEM); `plain` as for `registry`. Their credentials are `REGISTRY_<NAME>_USERNAME` and `REGISTRY_<NAME>_PASSWORD`.',
    ),
  git: map({
    httpHosts: list(gitHost, 'a list of hosts (host or host:port)')
      .default([])
      .describe('Hosts that may be read over plain http, `host` or `host:port`.'),
    localRoots: list(text('an absolute path', /^\//), 'a list of absolute paths')
      .default([])
      .describe('Folders that may contain local repositories.'),
    botEmail: z
      .string({ error: 'an e-mail address' })
      .regex(/^[^\s@]+@[^\s@]+$/, { error: 'an e-mail address' })
      .default('coxswain@localhost')
      .describe('E-mail address that the bot commits with.'),
    logins: gitLogins.default([]).describe('Which login is used for which host; repositories on hosts without one are read anonymously.'),
  }).prefault({}),
  limits: map({
    runs: count(1).default(10).describe('Maximum number of runs at the same time.'),
    gpus: count(0).optional().meta({ description: 'Maximum number of GPUs in use at the same time.', byDefault: 'no limit' }),
    newRuns: count(1)
      .default(20)
      .describe(
        'Maximum number of new runs per repository in one poll. Its channel is told once how many branches were left out; `run` starts a run for one of them, and so does its next commit.',
      ),
  }).prefault({}),
  keep: map({
    namespaces: duration('10m').describe('How long to keep the namespace of a run after it has ended.'),
    runs: count(1).default(200).describe('Number of ended runs to keep per repository, with their logs.'),
  }).prefault({}),
  tools: map({
    git: imageReference.default('docker.io/alpine/git:v2.47.2').describe('Clones the commit: `git` and `sh`.'),
    busybox: imageReference
      .default('docker.io/library/busybox:1.35.0')
      .describe('Collects the files of a release: `sh`, `tar`, `sha256sum`, `stat`, `readlink`.'),
    makisu: imageReference.default('gcr.io/uber-container-tools/makisu-alpine:v0.4.2').describe('Builds images.'),
    skopeo: imageReference
      .default('quay.io/skopeo/stable:v1.18.0')
      .describe('Copies images to registries: `skopeo` 1.9 or later, with a signature policy, and `sh`.'),
    redis: imageReference.default('docker.io/library/redis:7.4.2').describe('The layer cache that ships with coxswain.'),
  })
    .prefault({})
    .describe(
      'The images that coxswain itself uses, for clusters with private registries: full references with host and tag. If they need a login, set `IMAGE_PULL_CONFIG`.',
    ),
  cache: hostAndPort.optional().meta({ description: 'Address of the layer cache used by pods, `host:port`.', byDefault: 'none' }),
  networkPolicy: text('the name of a template, a path, or none', /^[^\0\n\r]+$/)
    .default('network-policy')
    .describe('What the pods of runs may reach: a NetworkPolicy template in `manifests/jobs`, or a path; `none`: no policy is created.'),
  repositories: list(repository, 'a list of repositories')
    .min(1, { error: 'at least one repository' })
    .describe('The repositories to watch.'),
});

export type Written = z.output<typeof schema>;
