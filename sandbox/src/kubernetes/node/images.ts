/** The node's images: which program plays one, or from which registry it is pulled; what was pulled stays. */
import { join } from 'node:path';
import type { Settings } from '../cluster.ts';
import { imageName } from './image-name.ts';
import { type Image, pullImage } from './pull.ts';

export interface Images {
  /** What is there already, or is played, and needs no pull. */
  present(image: string): Image | undefined;
  /** Pulls, or throws an error in containerd's words. */
  pull(image: string): Promise<Image>;
}

export function nodeImages(settings: Settings): Images {
  const pulled = new Map<string, Image>();
  return {
    present: (image) => played(settings, image) ?? pulled.get(image),
    async pull(image) {
      const name = imageName(image);
      if (!name) throw new Error(`failed to parse image name "${image}": invalid reference format`);
      const base = settings.registries[name.host] ?? settings.registries['*'];
      if (!base) {
        const lookup = `Head "https://${name.host}/v2/${name.repository}/manifests/${name.reference}": dial tcp: lookup ${name.host.replace(/:\d+$/, '')}: no such host`;
        throw new Error(
          `rpc error: code = Unknown desc = failed to pull and unpack image "${name.full}": failed to resolve reference "${name.full}": failed to do request: ${lookup}`,
        );
      }
      const found = await pullImage(name, base, join(settings.folder, 'images'));
      pulled.set(image, found);
      return found;
    },
  };
}

function played({ programs }: Settings, image: string): Image | undefined {
  const program = programs.find(({ match }) => match.test(image));
  if (!program) return undefined;
  const { entrypoint = [], cmd = [], env = {} } = program;
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const config = { Entrypoint: [...entrypoint], Cmd: [...cmd], Env: pairs };
  return { folder: undefined, config, imageId: `${imageName(image)?.full ?? image} (played by the sandbox)`, size: 0 };
}
