import { templateFiles } from '../clients/templates/templates-client.ts';
import type { Config, Stage } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { loginForm } from '../pipeline/stage/registry-logins.ts';
import { wishesOf } from '../pipeline/stage/stage-objects.ts';
import { registryName } from '../pipeline/stage/stage-values.ts';
import { stagePreview } from './preview.ts';

/** An image whose builder, such as Makisu, pushes it itself, and logs in to registries only with tokens. */
export interface TokenPush {
  readonly template: string;
  /** Its name in the registry. */
  readonly repository: string;
  /** Name of an external registry; absent: the cluster's own. */
  readonly registry?: string;
}

/** All images that such builders push. Templates that cannot be rendered are skipped: `check` lists them. */
export async function tokenPushes(config: Config, folder: string): Promise<TokenPush[]> {
  const { read } = templateFiles(folder);
  const found: TokenPush[] = [];
  for (const repository of config.repositories) {
    const all: readonly Stage[] = [...repository.stages, ...(repository.release?.images ?? [])];
    for (const stage of all) {
      if (stage.kind !== 'image') continue;
      try {
        const template = await read(stage.template);
        const objects = stagePreview({ config, repository, stage, template, commit: '0'.repeat(40), secrets: {} });
        const forms = wishesOf(objects).registryLogins.map(loginForm);
        const registry = registryName(stage);
        // With a second format, another container pushes what the builder has built.
        if (forms.length > 0 && forms.every(({ tokensOnly }) => tokensOnly))
          found.push({ template: stage.template, repository: stage.repository, ...(registry && { registry }) });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  }
  return found;
}
