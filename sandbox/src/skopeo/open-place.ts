import { openFolder } from './folder.ts';
import type { Place, PlaceOptions } from './place.ts';
import { openRegistry } from './registry.ts';

/** A place by skopeo's notation, `transport:details`. */
export function openPlace(name: string, options: PlaceOptions): Place {
  if (name.startsWith('docker://')) return openRegistry(name, options);
  if (name.startsWith('dir:')) return openFolder(name);
  const transport = name.split(':')[0];
  throw new Error(`Invalid image name "${name}", unknown transport "${transport}": the sandbox plays docker and dir`);
}
