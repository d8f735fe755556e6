import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { readTextNow } from '../clients/files/files-client.ts';
import { templateFiles } from '../clients/templates/templates-client.ts';
import { readConfigFile } from '../config.ts';
import type { Config, Repository, Stage } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { gitAddress } from '../core/git/git-address.ts';
import { loginFor } from '../core/git/git-login.ts';
import type { CloneNeeds } from '../pipeline/stage/stage-values.ts';
import { checksWith } from './checks.ts';
import { fileOf, type Program, understood, WrongUse } from './command-line.ts';
import { groundPreview, stagePreview } from './preview.ts';

const options = { config: { type: 'string' }, commit: { type: 'string', default: '0'.repeat(40) } } as const;

export const renderProgram: Program = {
  name: 'render',
  usage: 'render <repository> <stage> [--commit SHA] [--config file]',
  summary: 'Prints the objects that a stage would create in the cluster, as YAML. Secrets contain placeholders.',
  async run({ words, env, templates, print }) {
    const { positionals, values } = understood(() => parseArgs({ args: [...words], options, allowPositionals: true }));
    const [repositoryName, stageName, more] = positionals;
    if (!repositoryName || !stageName || more !== undefined) throw new WrongUse('give one repository and one of its stages');
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(values.commit)) throw new WrongUse(`--commit takes the full SHA, found ${values.commit}`);
    const config = readConfigFile(fileOf(values.config ? [values.config] : [], env), checksWith(templates), readTextNow);
    const { repository, stage } = find(config, repositoryName, stageName);
    const files = templateFiles(templates);
    const template = await files.read(stage.template);
    const network = config.networkPolicy && { network: await files.read(config.networkPolicy) };
    const preview = {
      config,
      repository,
      stage,
      template,
      ...network,
      commit: values.commit,
      secrets: {},
      cloneNeeds: cloneNeedsOf(config),
    };
    const objects = stagePreview(preview);
    for (const object of [...groundPreview(preview, objects), ...objects]) print(`---\n${stringify(object, { lineWidth: 0 }).trimEnd()}`);
    return 0;
  },
};

/** According to the configuration; a login that only the environment provides is shown wherever one could be used. */
function cloneNeedsOf({ git }: Config) {
  return (clone: string): CloneNeeds => {
    const at = gitAddress(clone);
    if (!at) return {};
    if (at.scheme === 'ssh') return { login: 'ssh' };
    const isUsual = !git.logins?.some(({ kind }) => kind !== 'ssh-key');
    return loginFor(clone, git.logins ?? []) || isUsual ? { login: 'basic' } : {};
  };
}

function find({ repositories }: Config, repositoryName: string, stageName: string): { repository: Repository; stage: Stage } {
  const repository = repositories.find(({ name, short }) => [name, short].includes(repositoryName));
  if (!repository) throw new UserError(`no repository ${repositoryName}; available: ${repositories.map(({ name }) => name).join(', ')}`);
  const all: readonly Stage[] = [...repository.stages, ...(repository.release?.images ?? [])];
  const stage = all.find(({ name }) => name === stageName);
  if (!stage) throw new UserError(`${repository.name} has no stage ${stageName}; it has ${all.map(({ name }) => name).join(', ')}`);
  return { repository, stage };
}
