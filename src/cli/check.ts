import { parseArgs } from 'node:util';
import { readTextNow } from '../clients/files/files-client.ts';
import { templateFiles } from '../clients/templates/templates-client.ts';
import { ConfigError, type ConfigIssue, tried } from '../config/config-error.ts';
import { durationText } from '../config/durations.ts';
import { readConfigFile, readConfiguration } from '../config.ts';
import type { Config, GitLoginRule, ReleaseStage, Repository, Stage } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { gitAddress } from '../core/git/git-address.ts';
import { loginFor, variablesOf } from '../core/git/git-login.ts';
import { releaseBranches } from '../core/release/release-branches.ts';
import { readerNamed } from '../logs/readers.ts';
import { wishesOf } from '../pipeline/stage/stage-objects.ts';
import { checksWith } from './checks.ts';
import { fileOf, type Program, understood } from './command-line.ts';
import { networkPreview, stagePreview } from './preview.ts';

export const check: Program = {
  name: 'check',
  usage: 'check [file] [--environment]',
  summary:
    'Validates a configuration and renders its job templates, without starting the bot. With --environment, also checks the environment variables.',
  async run({ words, env, templates, print }) {
    const options = { environment: { type: 'boolean' } } as const;
    const { positionals, values } = understood(() => parseArgs({ args: [...words], options, allowPositionals: true }));
    const file = fileOf(positionals, env);
    const checks = checksWith(templates);
    const { value: config, mistakes: issues } = tried(() => readConfigFile(file, checks, readTextNow));
    const found = values.environment
      ? tried(() => readConfiguration({ ...env, COXSWAIN_CONFIG: file }, checks, readTextNow)).mistakes
      : issues;
    const all = [...found, ...(config ? await templateMistakes(config, file, templates) : [])];
    if (!config || all.length > 0) throw new ConfigError(all);
    print(summary(config, file));
    print(values.environment ? 'The environment is valid.' : 'The environment was not checked; --environment does that.');
    return 0;
  },
};

/** Renders the network policy and the job template of every stage. */
async function templateMistakes(config: Config, file: string, folder: string): Promise<ConfigIssue[]> {
  const files = templateFiles(folder);
  const issues: ConfigIssue[] = [];
  const commit = '0'.repeat(40);
  for (const repository of config.repositories.slice(0, config.networkPolicy ? 1 : 0)) {
    try {
      networkPreview({ config, repository, commit, secrets: {}, network: await files.read(config.networkPolicy ?? '') });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      issues.push({ file, path: 'networkPolicy', message: error.message });
    }
  }
  for (const [index, repository] of config.repositories.entries()) {
    for (const [path, stage] of templated(repository)) {
      try {
        const template = await files.read(stage.template);
        const objects = stagePreview({ config, repository, stage, commit, template, secrets: {} });
        readerNamed(wishesOf(objects).reader);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        issues.push({ file, path: `repositories[${index}].${path}.template`, message: error.message });
      }
    }
  }
  return issues;
}

/** Every stage and release image of a repository, with its path in the file. A release is the last stage. */
function templated({ stages, release }: Repository): [path: string, stage: Stage][] {
  const images = release?.images ?? [];
  return [
    ...stages.map((stage, at): [string, Stage] => [`stages[${at}].${stage.kind}`, stage]),
    ...images.map((image, at): [string, Stage] => [`stages[${stages.length}].release.images[${at}]`, image]),
  ];
}

function summary({ instance, repositories, git }: Config, file: string): string {
  const count = `${repositories.length} ${repositories.length === 1 ? 'repository' : 'repositories'}`;
  return [`${file} is valid: instance ${instance}, ${count}.`, ...repositories.flatMap((one) => lines(one, git.logins ?? []))].join('\n');
}

function lines({ name, short, git, branches, channel, stages, release, ...more }: Repository, logins: readonly GitLoginRule[]): string[] {
  const head = `  ${name} (${short}): ${git}, ${branches.join(', ')}, in ${channel}`;
  const from = releaseBranches({ branches, ...(release && { release }) });
  const read = [...new Set([git, more.clone])].flatMap((address) => loginLine(address, logins));
  return [head, ...read, ...[...stages.map(stageLine), ...(release ? [releaseLine(release, from)] : [])].map((line) => `    ${line}`)];
}

/** The login for an address; GIT_USERNAME and GIT_PASSWORD are only known from the environment. */
function loginLine(address: string, logins: readonly GitLoginRule[]): string[] {
  if (!gitAddress(address)) return [];
  const login = loginFor(address, logins);
  return [`    ${address}: ${login ? `login from ${variablesOf(login)}` : 'no login in git.logins'}`];
}

function releaseLine({ name, approvals, images, github }: ReleaseStage, from: readonly string[]): string {
  const parts = [...images.map((image) => `image ${image.name}`), ...(github ? ['GitHub release'] : [])];
  const votes = `${approvals.votes} ${approvals.votes === 1 ? 'vote' : 'votes'} within ${durationText(approvals.expires)}`;
  return `${name}: release of ${from.join(', ')} after ${votes}: ${parts.join(', ')}`;
}

function stageLine(stage: Stage): string {
  const gpus = stage.kind === 'test' && stage.gpus > 0 ? `, ${stage.gpus} GPUs` : '';
  return `${stage.name}: ${stage.kind} with ${stage.template}${gpus}, at most ${durationText(stage.timeout)}`;
}
