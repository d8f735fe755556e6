import { z } from 'zod';
import {
  branch,
  channel,
  count,
  duration,
  host,
  hostAndPort,
  hostPort,
  imageName,
  imageReference,
  insideFolder,
  list,
  map,
  slug,
  text,
} from './forms.ts';
import { gitLogins } from './git-schema.ts';
import { releaseStage } from './release-schema.ts';
import { version } from './version-schema.ts';

const who = 'Slack ids of users (U…, W…) or user groups (S…)';
const someone = 'Slack ids of users (U…, W…)';

const stageBasics = {
  timeout: duration('45m').describe('Limit of the pod, counted from its start on a node.'),
  startTimeout: duration('2h').describe(
    'Limit of waiting for a start; of an image that cannot be pulled, or a container that cannot be made, 5 minutes.',
  ),
  workspace: text('a Kubernetes quantity such as 2Gi', /^[1-9]\d*(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$/)
    .default('2Gi')
    .describe('Size of the volume that the stages of a run share; the largest one of a repository counts.'),
  values: z.record(z.string(), z.unknown(), { error: 'a map' }).default({}).describe('Further values for the template, under `.Values`.'),
};

const templateForm = 'the name of a job template (a file of manifests/jobs without .yaml), or the path of a file';
const template = text(templateForm, /^(?!-)[^\0\s]+$/).describe('The job template: a file of `manifests/jobs` without `.yaml`, or a path.');

const imageBody = {
  template,
  repository: imageName.describe('Name of the image in the registry, without host and tag.'),
  context: insideFolder('the folder of the build context inside the repository')
    .default('.')
    .describe('Folder of the build context inside the repository.'),
  dockerfile: insideFolder('a file inside the build context').default('Dockerfile').describe('Relative to the build context.'),
  ...stageBasics,
};
const imageStage = map(imageBody);

const testStage = map({
  template,
  gpus: count(0).default(0).describe('GPUs that the stage asks for.'),
  command: list(z.string({ error: 'text' }), 'a list of words such as [go, test, ./...]')
    .default([])
    .describe("What runs in the image; empty: the image's own command."),
  ...stageBasics,
});

const stage = map({
  name: text(`a name of a-z, 0-9 and -, at most 40 characters`, new RegExp(`^(?=.{1,40}$)${slug}$`)).describe(
    'Unique in the repository; the name of its Job.',
  ),
  image: imageStage.optional().describe('Makes an image stage: builds an image and pushes it.'),
  test: testStage.optional().describe('Makes a test stage: runs the image of the last image stage before it.'),
  release: releaseStage(imageBody)
    .optional()
    .describe('Makes a release stage, which can only be the last: releases the run when people approve.'),
}).meta({ oneOf: ['image', 'test', 'release'].map((kind) => ({ required: [kind] })) });

const repository = map({
  name: text('a name of letters, digits, - _ and ., at most 100 characters', /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/).describe(
    'What people call it in chat.',
  ),
  short: text('a short name of a-z, 0-9 and -, at most 20 characters', new RegExp(`^(?=.{1,20}$)${slug}$`))
    .optional()
    .meta({ description: 'First part of run ids: `runner` in `runner-142`.', byDefault: 'made from the name' }),
  git: z
    .string({ error: 'an https, http or ssh URL, or a local path' })
    .describe('Where the bot polls: an https, http or ssh URL (`git@host:path` too), or a local path.'),
  clone: z
    .string({ error: 'an https, http or ssh URL, or a local path' })
    .optional()
    .meta({ description: 'Where pods clone from, if that is another address.', byDefault: 'as `git`' }),
  branches: list(branch, 'a list of branches')
    .min(1, { error: 'at least one branch' })
    .default(['main'])
    .describe('Branches and globs (`"feature/*"`) that are watched.'),
  channel: channel.optional().meta({ description: 'Where its runs are shown.', byDefault: 'as `channel` above' }),
  github: text('owner/name', /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/)
    .optional()
    .describe('`owner/name` on GitHub: commits are read and statuses set there.'),
  version: version.optional().describe('Where the version of the repository stands; runs and templates then know it.'),
  stages: list(stage, 'a list of stages').min(1, { error: 'at least one stage' }).describe('What a run does, in this order.'),
});

/** `coxswain.yaml` as it is written. Descriptions and defaults make the reference in the README. */
export const schema = map({
  instance: text('a name of a-z, 0-9 and -, at most 20 characters', new RegExp(`^(?=.{1,20}$)${slug}$`)).describe(
    'Names this installation in the cluster and in chat; never used by a second one.',
  ),
  channel: channel.describe('Where runs are shown: `"#name"` in quotes, or an id.'),
  poll: z
    .string({ error: 'a cron expression in quotes' })
    .default('*/30 * * * * *')
    .describe('When git is asked for news: a cron expression, seconds first.'),
  people: map({
    operators: list(text(who, /^[UWS][A-Z0-9]{2,}$/), `a list of ${who}`)
      .default([])
      .describe('Who may run, cancel and retry: Slack ids of users or user groups; empty: everyone who is answered.'),
    approvers: list(text(who, /^[UWS][A-Z0-9]{2,}$/), `a list of ${who}`)
      .default([])
      .describe('Who may approve releases: Slack ids of users or user groups.'),
    workspaces: list(
      text('the Slack id of a workspace (T…) or an organization (E…)', /^[TE][A-Z0-9]{2,}$/),
      'a list of Slack ids of workspaces (T…)',
    )
      .default([])
      .describe("Workspaces (T…) or organizations (E…) of Slack whose people are answered, beside the bot's own workspace."),
    guests: z
      .union([z.boolean(), list(text(someone, /^[UW][A-Z0-9]{2,}$/), `a list of ${someone}`)], {
        error: `true, false, or a list of ${someone}`,
      })
      .default(false)
      .describe('Whether guests (restricted accounts) are answered: `true`, or a list of their Slack ids.'),
    emails: z
      .record(text('an e-mail address', /^[^\s@]+@[^\s@]+$/), text('the Slack id of a user (U…)', /^[UW][A-Z0-9]{2,}$/), {
        error: 'a map of e-mail addresses to Slack ids',
      })
      .default({})
      .describe("A commit author's e-mail and the Slack user who that is."),
  }).prefault({}),
  registry: map({
    push: hostPort.describe('The registry as pods say it, `host:port`.'),
    pull: hostPort.describe('The registry as nodes say it, `host:port`.'),
    api: text('an http or https URL without user, path and query', new RegExp(`^https?://${host}(:\\d{1,5})?/?$`)).describe(
      'The registry as the bot says it, a URL.',
    ),
  }),
  registries: z
    .record(
      text('a name of a-z, 0-9 and _', /^[a-z][a-z0-9_]{0,30}$/),
      map({
        push: hostPort.describe('The registry as pods say it, `host` or `host:port`.'),
        api: text('an http or https URL without user, path and query', new RegExp(`^https?://${host}(:\\d{1,5})?/?$`)).describe(
          'The registry as the bot says it, a URL.',
        ),
        ca: text('the absolute path of a file of certificates (PEM)', /^\/[^\0\n\r]+$/)
          .optional()
          .describe('Path of a file with the certificates of its authority (PEM), where that is one of your own.'),
      }),
      { error: 'a map of names to registries' },
    )
    .default({})
    .describe(
      'Registries outside of the cluster for release images, by name: `push` (as pods say it), `api` (a URL, as the bot says it) and, for an authority of your own, `ca` (path of its certificates, PEM). Their credentials are `REGISTRY_<NAME>_USERNAME` and `REGISTRY_<NAME>_PASSWORD`.',
    ),
  git: map({
    httpHosts: list(hostPort, 'a list of hosts (host or host:port)')
      .default([])
      .describe('Hosts that may be read by plain http, `host` or `host:port`.'),
    localRoots: list(text('an absolute path', /^\//), 'a list of absolute paths')
      .default([])
      .describe('Folders below which local repositories may lie.'),
    botEmail: z
      .string({ error: 'an e-mail address' })
      .regex(/^[^\s@]+@[^\s@]+$/, { error: 'an e-mail address' })
      .default('coxswain@localhost')
      .describe('Who the bot commits as.'),
    logins: gitLogins
      .default([])
      .describe('Which login goes to which host; a repository on a host without one is read as anyone may read it.'),
  }).prefault({}),
  limits: map({
    runs: count(1).default(10).describe('Runs at the same time.'),
    gpus: count(0).optional().meta({ description: 'GPUs in use at the same time.', byDefault: 'no limit' }),
    newRuns: count(1)
      .default(20)
      .describe(
        'New runs of each repository in one poll. How many branches are left out is said in its channel, once; `run` starts one, and so does its next commit.',
      ),
  }).prefault({}),
  keep: map({
    namespaces: duration('10m').describe('How long the namespace of a run outlives it.'),
    runs: count(1).default(200).describe('Ended runs of each repository that are kept with their logs.'),
  }).prefault({}),
  tools: map({
    git: imageReference.default('docker.io/alpine/git:v2.47.2').describe('Clones the commit: `git` and `sh`.'),
    busybox: imageReference
      .default('docker.io/library/busybox:1.35.0')
      .describe('Collects the files of a release: `sh`, `tar`, `sha256sum`, `stat`, `readlink`.'),
    makisu: imageReference.default('gcr.io/uber-container-tools/makisu-alpine:v0.4.2').describe('Builds images.'),
    redis: imageReference.default('docker.io/library/redis:7.4.2').describe('The layer cache that comes with coxswain.'),
  })
    .prefault({})
    .describe(
      'The images that coxswain itself names, for clusters whose registries are their own: whole references with host and tag. Where they need a login, give it as `IMAGE_PULL_CONFIG`.',
    ),
  cache: hostAndPort.optional().meta({ description: 'The layer cache as pods say it, `host:port`.', byDefault: 'none' }),
  networkPolicy: text('the name of a template, a path, or none', /^[^\0\n\r]+$/)
    .default('network-policy')
    .describe('What the pods of runs may reach: a template of a NetworkPolicy in `manifests/jobs`, or a path; `none`: none is made.'),
  repositories: list(repository, 'a list of repositories').min(1, { error: 'at least one repository' }).describe('What is watched.'),
});

export type Written = z.output<typeof schema>;
