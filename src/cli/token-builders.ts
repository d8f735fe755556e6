import { templateFiles } from '../clients/templates/templates-client.ts';
import type { Config, Stage } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { loginForm } from '../pipeline/stage/registry-logins.ts';
import { wishesOf } from '../pipeline/stage/stage-objects.ts';
import { stagePreview } from './preview.ts';

/** Job templates whose builders log in to registries only with tokens. Those that cannot be rendered are skipped: `check` lists them. */
export async function tokenBuilders(config: Config, folder: string): Promise<string[]> {
  const { read } = templateFiles(folder);
  const found = new Set<string>();
  for (const repository of config.repositories) {
    const all: readonly Stage[] = [...repository.stages, ...(repository.release?.images ?? [])];
    for (const stage of all) {
      try {
        const template = await read(stage.template);
        const objects = stagePreview({ config, repository, stage, template, commit: '0'.repeat(40), secrets: {} });
        const forms = wishesOf(objects).registryLogins.map(loginForm);
        // With a second format, another container pushes what the builder has built.
        if (forms.length > 0 && forms.every(({ tokensOnly }) => tokensOnly)) found.add(stage.template);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  }
  return [...found];
}
