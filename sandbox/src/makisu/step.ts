import { setTimeout as sleep } from 'node:timers/promises';
import type { Base } from './base.ts';
import type { Cache, Committed } from './cache.ts';
import { type ContainerConfig, configured } from './config.ts';
import { copied, copiedFrom, destination, folderEntry, inImage, type Tree } from './context.ts';
import type { Copy, Directive } from './dockerfile.ts';
import { layerOf, treeOf } from './layer.ts';
import { type Log, secondsSince } from './log.ts';
import { playRun } from './run-line.ts';
import type { LayerStore } from './storage.ts';
import { within } from './within.ts';

/** One line of a stage on its way: its cache ID, and the layer that came of it, or the layers of the base image. */
export interface Step {
  readonly directive: Directive;
  readonly id: string;
  committed?: Committed;
  base?: readonly Committed[];
}

/** What a stage needs around it. */
export interface Surroundings {
  readonly log: Log;
  readonly cache: Cache;
  readonly layers: LayerStore;
  /** Pulls the image that FROM names. */
  readonly pullBase: (image: string) => Promise<Base>;
  readonly context: string;
  /** Milliseconds that each step takes, so that people can watch. */
  readonly pace: number;
  /** A layer for each step, not only where `#!COMMIT` stands. */
  readonly forceCommit: boolean;
  readonly modifyFs: boolean;
  /** The files of the stages that are built, by alias. */
  readonly stages: Map<string, Tree>;
}

/** What has come of a stage so far. */
export interface Progress {
  config: ContainerConfig;
  readonly tree: Tree;
  readonly history: { created: string; author: string; created_by: string }[];
  /** What was copied since the last layer. */
  pending: Tree;
  /** Whether a RUN makes Makisu look at the whole filesystem, where it also finds the working directories that it made. */
  scan: boolean;
  folders: Tree;
}

/** The layers that a line adds to the image. */
export const layersOf = ({ base = [], committed }: Step): readonly Committed[] => (committed === undefined ? base : [committed]);

export function textOf({ directive: { meaning, args, commit }, id }: Step): string {
  return `${meaning.kind} ${args} ${commit ? '#!COMMIT' : ''} (${id})`;
}

interface StepOptions {
  readonly skip: boolean;
  readonly commit: boolean;
  readonly onDisk: boolean;
}

/** Does one line: takes it from the cache, skips it, or executes it and makes a layer of what it copied. */
export async function buildStep(step: Step, options: StepOptions, progress: Progress, around: Surroundings): Promise<void> {
  const { log } = around;
  const { meaning, commit } = step.directive;
  if (step.committed !== undefined) await applyLayer(step.committed, options.onDisk, progress, log);
  if (options.skip) log.info('* Skipping execution; a later step was cached *');
  else if (step.committed !== undefined) log.info('* Skipping execution; cache was applied *');
  else {
    const start = performance.now();
    await within('do execute: execute step', () => execute(step, options.onDisk, progress, around));
    log.info(`* Executed ${textOf(step)}`, { duration: secondsSince(start) });
    if (commit || options.commit) await commitStep(step, progress, around);
    else log.info(`* Not committing step ${textOf(step)}`);
  }
  progress.config = configured(progress.config, meaning);
  for (const _ of layersOf(step)) {
    progress.history.push({ created: new Date().toISOString(), author: 'makisu', created_by: `makisu: ${textOf(step)}` });
  }
}

async function execute(step: Step, onDisk: boolean, progress: Progress, around: Surroundings): Promise<void> {
  const { meaning } = step.directive;
  if (meaning.kind === 'FROM') await begin(step, meaning.image, progress, around);
  if (meaning.kind === 'WORKDIR' && onDisk) {
    progress.folders.set(inImage(configured(progress.config, meaning).WorkingDir ?? ''), folderEntry());
  }
  if (meaning.kind === 'COPY' || meaning.kind === 'ADD') await copy(meaning, progress, around);
  if (meaning.kind !== 'RUN') return;
  progress.scan = true;
  await playRun(meaning.command, around.log);
}

async function copy(
  { from, sources, target }: Copy,
  { config, pending, tree }: Progress,
  { context, stages }: Surroundings,
): Promise<void> {
  const place = destination(config.WorkingDir ?? '/', target);
  if (sources.length > 1 && !place.endsWith('/')) {
    throw new Error('invalid copy operation: check copy param: tarring multiple sources, destination must end with "/"');
  }
  const stage = stages.get(from);
  for (const [path, entry] of stage === undefined ? await copied(context, sources, place) : copiedFrom(stage, sources, place)) {
    pending.set(path, entry);
    tree.set(path, entry);
  }
}

async function begin(step: Step, image: string, progress: Progress, { pullBase }: Surroundings): Promise<void> {
  const { layers, config } = await pullBase(image);
  step.base = layers;
  progress.config = config;
  for (const { bytes } of layers) for (const [path, entry] of await treeOf(bytes)) progress.tree.set(path, entry);
}

async function applyLayer({ digest, bytes }: Committed, onDisk: boolean, progress: Progress, log: Log): Promise<void> {
  const start = performance.now();
  log.info(`* Applying cache layer ${digest.replace('sha256:', '')} (unpack=${onDisk})`);
  const tree = await treeOf(bytes);
  for (const [path, entry] of tree) progress.tree.set(path, entry);
  if (onDisk) log.info(`* Untarred ${tree.size} files to /`, { duration: secondsSince(start) });
  log.info(`* Merged ${tree.size} headers from tar to memfs`);
}

/** Makes a layer of what was copied since the last one, where anything was. */
async function commitStep(step: Step, progress: Progress, { log, cache, layers, pace }: Surroundings): Promise<void> {
  const isBase = step.directive.meaning.kind === 'FROM';
  if (!isBase && (progress.scan || progress.pending.size > 0)) {
    const start = performance.now();
    await sleep(pace);
    log.info('* Synchronized file system', { duration: secondsSince(start) });
    const layer = await layerOf(progress.scan ? new Map([...progress.folders, ...progress.pending]) : progress.pending);
    if (progress.scan) {
      log.info('* Collecting filesystem diff');
      log.info(`* Collected diff: ${layer.count} files found`, { duration: secondsSince(start) });
      log.info(`* Created layer by scanning filesystem; ${layer.count} files found`);
    } else log.info(`* Created copy layer with ${layer.count} files`);
    await layers.keep(layer.digest.replace('sha256:', ''), layer.bytes);
    step.committed = layer;
    if (progress.scan) progress.folders = new Map();
    progress.pending = new Map();
    progress.scan = false;
  }
  const [layer, ...more] = layersOf(step);
  // The cache has room for one layer by step.
  if (more.length > 0) return;
  if (layer !== undefined) log.info(`* Committed gzipped layer ${layer.digest} (${layer.bytes.length} bytes)`);
  log.info(`* Pushing with cache ID ${step.id}`);
  cache.push(step.id, layer);
}
