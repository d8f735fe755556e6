import { parseArgs } from 'node:util';
import { templateFiles } from '../clients/template-files.ts';
import { durationText } from '../config/durations.ts';
import { readSecrets, readSettings } from '../config/environment.ts';
import { ConfigError, type Mistake, together } from '../config/mistakes.ts';
import { readConfigFile } from '../config.ts';
import type { Config, Repository, Stage } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { readerNamed } from '../logs/readers.ts';
import { wishesOf } from '../pipeline/stage-objects.ts';
import { checks, readText } from './checks.ts';
import { fileOf, type Program, understood } from './command-line.ts';
import { stagePreview } from './preview.ts';

export const check: Program = {
  name: 'check',
  usage: 'check [file] [--environment]',
  summary: 'Reads a configuration and renders its job templates, without starting. With --environment: the variables of the bot too.',
  async run({ words, env, templates, print }) {
    const options = { environment: { type: 'boolean' } } as const;
    const { positionals, values } = understood(() => parseArgs({ args: [...words], options, allowPositionals: true }));
    const file = fileOf(positionals, env);
    const environment = () => values.environment && [readSettings(env), readSecrets(env, readText)];
    const [config] = together(() => readConfigFile(file, checks, readText), environment);
    const mistakes = await templateMistakes(config, file, templates);
    if (mistakes.length > 0) throw new ConfigError(mistakes);
    print(summary(config, file));
    print(values.environment ? 'The environment is well.' : 'The environment was not looked at; --environment does.');
    return 0;
  },
};

/** Renders the job template of every stage. */
async function templateMistakes(config: Config, file: string, folder: string): Promise<Mistake[]> {
  const files = templateFiles(folder);
  const mistakes: Mistake[] = [];
  for (const [index, repository] of config.repositories.entries()) {
    for (const [place, stage] of repository.stages.entries()) {
      try {
        const template = await files.read(stage.template);
        const objects = stagePreview({ config, repository, stage, commit: '0'.repeat(40), template, secrets: {} });
        readerNamed(wishesOf(objects).reader);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        mistakes.push({ file, path: `repositories[${index}].stages[${place}].${stage.kind}.template`, message: error.message });
      }
    }
  }
  return mistakes;
}

function summary({ instance, repositories }: Config, file: string): string {
  const count = `${repositories.length} ${repositories.length === 1 ? 'repository' : 'repositories'}`;
  return [`${file} is well: instance ${instance}, ${count}.`, ...repositories.flatMap(lines)].join('\n');
}

function lines({ name, short, git, branches, channel, stages }: Repository): string[] {
  return [`  ${name} (${short}): ${git}, ${branches.join(', ')}, in ${channel}`, ...stages.map((stage) => `    ${stageLine(stage)}`)];
}

function stageLine(stage: Stage): string {
  const gpus = stage.kind === 'test' && stage.gpus > 0 ? `, ${stage.gpus} GPUs` : '';
  return `${stage.name}: ${stage.kind} by ${stage.template}${gpus}, at most ${durationText(stage.timeout)}`;
}
