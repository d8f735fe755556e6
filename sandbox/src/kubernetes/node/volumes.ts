/** A pod's volumes as folders: claims and empty ones for writing, secrets, config maps and fields of the pod as files. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { DataHolder, PersistentVolumeClaim } from '../model/objects.ts';
import type { Container, Pod } from '../model/pods.ts';
import { claims, configMaps, secrets } from '../model/resources.ts';
import type { Store } from '../model/store.ts';
import type { KeyItem, ProjectedSource, Volume } from '../model/volumes.ts';
import { ConfigError, type Mounts } from './environment.ts';
import { fieldValue } from './fields.ts';
import { makeFolder } from './make-folder.ts';

/** A volume that is not there yet; the pod waits, and the message goes into an Event. */
export class MountError extends Error {}

type Files = Map<string, { content: Buffer; mode?: number }>;

export interface Folders {
  pod: string;
  claims: string;
}

/** Makes the folders of all volumes; gives their places by the volumes' names. Throws MountError. */
export async function prepareVolumes(store: Store, pod: Pod, folders: Folders): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    const place = volumeFolder(store, pod, volume, folders);
    await mkdir(place, { recursive: true });
    await writeFiles(place, filesOf(store, pod, volume));
    places.set(volume.name, place);
  }
  return places;
}

function volumeFolder(store: Store, pod: Pod, { name, persistentVolumeClaim }: Volume, folders: Folders): string {
  if (!persistentVolumeClaim) return within(join(folders.pod, 'volumes'), name);
  const claim = store.get<PersistentVolumeClaim>(claims, pod.metadata.namespace, persistentVolumeClaim.claimName);
  if (!claim) throw new MountError(`persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`);
  return join(folders.claims, claim.metadata.uid);
}

function filesOf(store: Store, pod: Pod, { name, secret, configMap, projected, downwardAPI }: Volume): Files {
  const sources: ProjectedSource[] = projected?.sources ?? [];
  const { secretName = '', ...rest } = secret ?? {};
  const own: ProjectedSource = {
    ...(secret && { secret: { name: secretName, ...rest } }),
    ...(configMap && { configMap }),
    ...(downwardAPI && { downwardAPI }),
  };
  return new Map([...sources, own].flatMap((source) => [...filesFrom(store, pod, name, source)]));
}

function filesFrom(store: Store, pod: Pod, volume: string, { secret, configMap, downwardAPI }: ProjectedSource): Files {
  const files: Files = new Map();
  for (const { path, fieldRef } of downwardAPI?.items ?? []) {
    files.set(path, { content: Buffer.from(fieldValue(pod, fieldRef?.fieldPath ?? '')) });
  }
  const source = secret ?? configMap;
  if (!source) return files;
  const kind = secret ? secrets : configMaps;
  const found = store.get<DataHolder>(kind, pod.metadata.namespace, source.name);
  const word = secret ? 'secret' : 'configmap';
  if (!found && !source.optional)
    throw new MountError(`MountVolume.SetUp failed for volume "${volume}" : ${word} "${source.name}" not found`);
  const encoding = secret ? 'base64' : 'utf8';
  const contents = new Map(Object.entries(found?.data ?? {}).map(([key, text]) => [key, Buffer.from(text, encoding)]));
  for (const [key, text] of Object.entries(found?.binaryData ?? {})) contents.set(key, Buffer.from(text, 'base64'));
  const items: KeyItem[] = source.items ?? [...contents.keys()].map((key) => ({ key, path: key }));
  for (const { key, path, mode } of items) {
    const content = contents.get(key);
    if (content) files.set(path, { content, ...(mode !== undefined && { mode }) });
    else if (!source.optional)
      throw new MountError(`MountVolume.SetUp failed for volume "${volume}" : references non-existent ${word} key: ${key}`);
  }
  return files;
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, { content, mode }] of files) {
    const target = within(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    if (mode !== undefined) await chmod(target, mode | 0o600);
  }
}

function within(folder: string, path: string): string {
  const target = resolve(folder, `./${path}`);
  if (target === folder || !target.startsWith(folder + sep))
    throw new MountError(`the path ${JSON.stringify(path)} leads out of its volume`);
  return target;
}

/**
 * Where a container's mounts really lie. There is no file system of its own here, so a mount path must be the value of one of the container's
 * variables, which is then set to the folder. Throws ConfigError for any other path.
 */
export async function mountsOf(container: Container, imageEnv: readonly string[], places: ReadonlyMap<string, string>): Promise<Mounts> {
  const values = new Set([
    ...imageEnv.map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ...(container.env ?? []).map(({ value }) => value),
  ]);
  const mounts = new Map<string, string>();
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    if (!values.has(mountPath)) throw new ConfigError(unnamed(container.name, name, mountPath));
    const place = places.get(name) ?? '';
    const folder = subPath ? within(place, subPath) : place;
    if (subPath) await makeFolder(folder, [place]);
    mounts.set(mountPath, folder);
  }
  return mounts;
}

const unnamed = (container: string, volume: string, path: string): string =>
  `the sandbox cannot mount volume "${volume}" at ${path}: its containers are plain processes, so the path must come from an environment ` +
  `variable. Give container "${container}" a variable with the value ${path} and use that variable instead of the path`;
