/** A container's environment: the image's, envFrom, env with its references; and what the sandbox makes of volume paths in it. */
import type { DataHolder } from '../model/objects.ts';
import type { Container, EnvFrom, EnvVar, KeyRef, Pod } from '../model/pods.ts';
import { configMaps, secrets } from '../model/resources.ts';
import type { Store } from '../model/store.ts';
import { expand } from './expand.ts';
import { fieldValue } from './fields.ts';

/** A container that cannot be made as its spec says: it waits with this reason, and is tried again. */
export class ConfigError extends Error {
  readonly reason = 'CreateContainerConfigError';
}

/** Where a container's mount paths really lie: mount path → folder. */
export type Mounts = ReadonlyMap<string, string>;

type Pairs = [name: string, value: string][];

/** The variables in the order of the spec, later ones over earlier ones. Throws ConfigError for a missing reference. */
export function environment(
  store: Store,
  pod: Pod,
  container: Container,
  imageEnv: readonly string[],
  mounts: Mounts,
): Map<string, string> {
  const fromImage = imageEnv.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  const fromObjects = (container.envFrom ?? []).flatMap((source) => allOf(store, pod, source));
  const variables = new Map<string, string>();
  for (const [name, value] of [...fromImage, ...fromObjects]) variables.set(name, placed(value, mounts));
  for (const variable of container.env ?? []) {
    const value = variableValue(store, pod, variable);
    if (value === undefined) continue;
    // Only what stands in the spec is expanded; a secret with a dollar sign stays as it is.
    variables.set(variable.name, variable.valueFrom ? value : expand(placed(value, mounts), variables));
  }
  return variables;
}

/** `value` with a mount path at its beginning replaced by the folder that stands for it. */
export function placed(value: string, mounts: Mounts): string {
  const paths = [...mounts.keys()].sort((a, b) => b.length - a.length);
  const path = paths.find((one) => value === one || value.startsWith(one.endsWith('/') ? one : `${one}/`));
  return path === undefined ? value : `${mounts.get(path)}${value.slice(path.length)}`;
}

function variableValue(store: Store, pod: Pod, { value = '', valueFrom }: EnvVar): string | undefined {
  if (!valueFrom) return value;
  if (valueFrom.secretKeyRef) return keyOf(store, pod, valueFrom.secretKeyRef, 'Secret');
  if (valueFrom.configMapKeyRef) return keyOf(store, pod, valueFrom.configMapKeyRef, 'ConfigMap');
  return valueFrom.fieldRef ? fieldValue(pod, valueFrom.fieldRef.fieldPath) : '';
}

function holder(store: Store, pod: Pod, name: string, kind: 'Secret' | 'ConfigMap', optional = false): DataHolder | undefined {
  const found = store.get<DataHolder>(kind === 'Secret' ? secrets : configMaps, pod.metadata.namespace, name);
  if (!found && !optional) throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
  return found;
}

function keyOf(store: Store, pod: Pod, { name, key, optional }: KeyRef, kind: 'Secret' | 'ConfigMap'): string | undefined {
  const value = holder(store, pod, name, kind, optional)?.data?.[key];
  if (value === undefined && !optional) throw new ConfigError(`couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`);
  return value === undefined || kind === 'ConfigMap' ? value : Buffer.from(value, 'base64').toString('utf8');
}

function allOf(store: Store, pod: Pod, { prefix = '', secretRef, configMapRef }: EnvFrom): Pairs {
  const kind = secretRef ? 'Secret' : 'ConfigMap';
  const { name = '', optional } = secretRef ?? configMapRef ?? {};
  const data = holder(store, pod, name, kind, optional)?.data ?? {};
  const text = (value: string): string => (kind === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value);
  return Object.entries(data).map(([key, value]) => [`${prefix}${key}`, text(value)]);
}
