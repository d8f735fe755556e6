import { z } from 'zod';
import { tried } from './config-error.ts';
import { readDocument } from './document.ts';
import { leaks } from './leaks.ts';

const seen = z
  .object({
    registry: z.object({ ca: z.string().optional().catch(undefined) }).catch({ ca: undefined }),
    registries: z.record(z.string(), z.object({ ca: z.string().optional().catch(undefined) }).catch({ ca: undefined })).catch({}),
  })
  .catch({ registry: { ca: undefined }, registries: {} });

interface RegistriesNamed {
  /** The `ca` of the cluster's own. */
  readonly own: string | undefined;
  readonly outside: Readonly<Record<string, { readonly ca?: string }>>;
}

/**
 * The registries named in a configuration, as far as it can be read: their logins and certificates are checked together with its other
 * issues. None if the file contains a secret: a message about `ca` would repeat it.
 */
export function registriesNamed(text: () => string, file: string): RegistriesNamed {
  const { value: source } = tried(() => readDocument(text(), file));
  if (!source || leaks(source).length > 0) return { own: undefined, outside: {} };
  const { registry, registries } = seen.parse(source.value);
  const outside = Object.entries(registries).map(([name, { ca }]) => [name, ca === undefined ? {} : { ca }]);
  return { own: registry.ca, outside: Object.fromEntries(outside) };
}
