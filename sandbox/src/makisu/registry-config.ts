import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** The part of Makisu's registry configuration that matters where every registry is plain HTTP. */
type RegistryConfig = Readonly<Record<string, Readonly<Record<string, { security?: { tls?: { client?: { disabled?: boolean } } } }>>>>;

/** Reads `--registry-config`: a path, or the configuration itself. Gives whether TLS is off for a repository of a registry. */
export async function readRegistryConfig(given: string): Promise<(host: string, repository: string) => boolean> {
  if (given === '') return () => false;
  const isPath = !given.includes('{') && !given.includes('\n');
  const text = isPath ? await readFile(given, 'utf8') : given;
  const config = (parse(text) ?? {}) as RegistryConfig;
  return (host, repository) => {
    const rules = Object.entries(config[host] ?? {});
    const rule = rules.find(([pattern]) => new RegExp(pattern).test(repository));
    return rule?.[1]?.security?.tls?.client?.disabled === true;
  };
}
