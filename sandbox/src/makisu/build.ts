import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pullBase } from './base.ts';
import { type Cache, noCache, openCache } from './cache.ts';
import { parseDockerfile } from './dockerfile.ts';
import type { Flags } from './flags.ts';
import { type Image, imageOf } from './image.ts';
import { type Log, secondsSince } from './log.ts';
import { fullName, type ImageName, imageName, shortName } from './names.ts';
import { executePlan, planOf } from './plan.ts';
import { readRegistryConfig } from './registry-config.ts';
import { openRemote, type Remote } from './remote.ts';
import type { Surroundings } from './step.ts';
import { keepManifest, layersIn, openIds, openLayers } from './storage.ts';
import { within } from './within.ts';

/** What the sandbox sets for the program, beside its flags. */
export interface Setting {
  /** Where registries answer, by the name that images have them under. */
  readonly registries: Readonly<Record<string, string>>;
  /** A folder that stands in for redis. */
  readonly cache: string | undefined;
  /** Milliseconds that each step takes. */
  readonly pace: number;
}

/** `makisu build`: throws what Makisu would say at its end. */
export async function build(flags: Flags, setting: Setting, log: Log): Promise<void> {
  const remoteFor = await within('failed to process flags', () => processFlags(flags, setting, log));
  log.info('Starting Makisu build (version=v0.4.2)');
  const modifyFs = flags.on('modifyfs');
  const removed = (): void => {
    if (modifyFs) log.info('* Removed 0 directories under /', { duration: 0 });
  };
  removed();
  const own = flags.text('storage') === '' ? await mkdtemp(join(tmpdir(), 'makisu-storage-')) : undefined;
  try {
    await buildIn(own ?? flags.text('storage'), { flags, setting, log, remoteFor });
  } finally {
    if (own !== undefined) await rm(own, { recursive: true, force: true });
    removed();
  }
}

type RemoteFor = (name: ImageName) => Remote;

async function processFlags(flags: Flags, { registries }: Setting, log: Log): Promise<RemoteFor> {
  const unplayed = ['dest', 'load', 'http-cache-addr'].find((name) => flags.texts(name).length > 0);
  if (unplayed !== undefined) throw new Error(`--${unplayed} is not played in the sandbox; leave it out or build on a real cluster`);
  const commit = flags.text('commit');
  if (commit !== 'explicit' && commit !== 'implicit') throw new Error(`invalid commit option: ${commit}`);
  const place = 'failed to initialize registry configuration: init registry config: read config file';
  const plain = await within(place, () => readRegistryConfig(flags.text('registry-config')));
  return ({ registry: host, repository }) =>
    openRemote({ host, repository, url: registries[host] ?? `http://${host}`, plain: plain(host, repository), log });
}

interface Work {
  readonly flags: Flags;
  readonly setting: Setting;
  readonly log: Log;
  readonly remoteFor: RemoteFor;
}

async function buildIn(storage: string, work: Work): Promise<void> {
  const { flags, log, remoteFor } = work;
  const context = resolve(flags.rest[0] ?? '');
  const name = await within('failed to get target image name', () => targetName(flags));
  const stages = await within('failed to create build plan: failed to get dockerfile', () => readStages(flags, context, log));
  const layers = await within('failed to init image store', () => openLayers(layersIn(storage)));
  const remote = name.registry === '' ? undefined : remoteFor(name);
  const cache = await cacheFor(storage, work, remote);
  const forceCommit = flags.text('commit') === 'implicit';
  const around: Surroundings = {
    log,
    cache,
    layers,
    pullBase: (image) =>
      pullBase(image, (from) => (Object.hasOwn(work.setting.registries, from.registry) ? remoteFor(from) : undefined), log),
    context,
    pace: work.setting.pace,
    forceCommit,
    modifyFs: flags.on('modifyfs'),
    stages: new Map(),
  };
  const target = flags.text('target');
  const plan = await within('failed to create build plan: process stages and aliases', () => planOf(stages, around, target));
  const built = await within('failed to execute build plan', () => executePlan(plan, around, target));
  const image = imageOf(built);
  for (const { digest, bytes } of [image.config, ...image.layers]) await layers.keep(digest.replace('sha256:', ''), bytes);
  await keepManifest(storage, name, image.manifest);
  log.info(`Computed total image size ${image.size}`, { total_image_size: image.size });
  log.info(`Successfully built image ${shortName(name)}`);
  const targets = [...flags.texts('push').map((registry) => ({ ...name, registry })), ...flags.texts('replica').map(imageName)];
  for (const each of targets) await within('failed to push image: failed to push image', () => push(image, each, remoteFor(each), log));
  log.info(`Finished building ${shortName(name)}`);
}

function targetName(flags: Flags): ImageName {
  const tag = flags.text('tag');
  if (tag === '') throw new Error('please specify a target image name: makisu build -t=(<registry:port>/)<repo>:<tag> ./');
  const name = imageName(tag);
  const [first] = flags.texts('push');
  return first === undefined ? name : { ...name, registry: first };
}

async function readStages(flags: Flags, context: string, log: Log): Promise<ReturnType<typeof parseDockerfile>> {
  const there = await within(`failed to lstat build context ${context}`, () => lstat(context));
  if (!there.isDirectory()) throw new Error(`build context provided is not a directory: ${context}`);
  log.info(`Using build context: ${context}`);
  const text = await within('failed to generate/find dockerfile in context', () => readFile(resolve(context, flags.text('file')), 'utf8'));
  const given = new Map<string, string>();
  for (const pair of flags.texts('build-arg')) {
    const [name = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0) throw new Error(`failed to parse build-arg ${pair}: %!s(<nil>)`);
    given.set(name, value);
  }
  return within('failed to parse dockerfile', () => parseDockerfile(text, given));
}

/** redis where the flag says so and the sandbox stands in for it; else a file in the storage, as Makisu has it. */
async function cacheFor(storage: string, { flags, setting, log }: Work, remote: Remote | undefined): Promise<Cache> {
  const address = flags.text('redis-cache-addr');
  const layers = await openLayers(layersIn(storage));
  if (address !== '') {
    log.info(`Using redis at ${address} for cacheID storage`);
    if (setting.cache !== undefined) return openCache({ ids: await openIds(setting.cache), layers, remote, log });
    log.error(`Failed to connect to redis store: dial tcp: lookup ${address.split(':')[0]}: no such host`);
    log.info('No image store or KV store provided, using noop cache manager');
    return noCache();
  }
  if (flags.text('local-cache-ttl') === '0') {
    log.info('No cache option provided, not using cache');
    return noCache();
  }
  log.info(`Using local file at ${join(storage, 'cache_key_value.json')} for cacheID storage`);
  if (remote === undefined) log.info('No registry information provided, using cached layers');
  return openCache({ ids: await openIds(join(storage, 'cache_key_value')), layers, remote, log });
}

async function push(image: Image, name: ImageName, remote: Remote, log: Log): Promise<void> {
  const start = performance.now();
  log.info(`* Started pushing image ${fullName(name)}`);
  const exists = await within(`check manifest exists for image ${fullName(name)}: check manifest exists`, () =>
    remote.manifestExists(name.tag),
  );
  if (exists) log.info(`* Image ${fullName(name)} already exists, overwriting`);
  const blobs = image.layers.map(({ digest, bytes }) => within(`push layer ${digest}`, () => remote.pushLayer(digest, bytes)));
  const config = within(`push image config ${image.config.digest}`, () => remote.pushConfig(image.config.digest, image.config.bytes));
  await Promise.all([...blobs, config]);
  await within('push manifest', () => remote.pushManifest(name.tag, image.manifest, image.mediaType));
  log.info(`* Pushed image ${fullName(name)}`, { duration: secondsSince(start) });
  log.info(`Successfully pushed ${fullName(name)} to ${name.registry}`);
}
