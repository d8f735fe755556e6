import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache, Committed } from './cache.ts';
import { type ContainerConfig, configured, emptyConfig } from './config.ts';
import { copied, copiedFrom, destination, folderEntry, inImage, type Tree } from './context.ts';
import type { Directive, Meaning } from './dockerfile.ts';
import { layerOf, treeOf } from './layer.ts';
import { type Log, secondsSince } from './log.ts';
import { fullName, imageNameForPull, isScratch } from './names.ts';
import { playRun } from './run-line.ts';
import type { LayerStore } from './storage.ts';
import { within } from './within.ts';

/** One line of a stage on its way: its cache ID, and the layer that came of it. */
export interface Step {
  readonly directive: Directive;
  readonly id: string;
  committed?: Committed;
}

export interface BuildStage {
  readonly alias: string;
  readonly steps: readonly Step[];
  /** Whether it needs files on disk in Makisu: it has RUN or --chown, or another stage copies from it. */
  readonly onDisk: boolean;
}

/** What a stage needs around it. */
export interface Surroundings {
  readonly log: Log;
  readonly cache: Cache;
  readonly layers: LayerStore;
  readonly context: string;
  /** Milliseconds that each step takes, so that people can watch. */
  readonly pace: number;
  /** A layer for each step, not only where `#!COMMIT` stands. */
  readonly forceCommit: boolean;
  readonly modifyFs: boolean;
}

/** What has come of a stage so far. */
export interface Progress {
  config: ContainerConfig;
  readonly tree: Tree;
  readonly history: { created: string; author: string; created_by: string }[];
  /** What was copied since the last layer, and whether a RUN makes Makisu look at the whole filesystem. */
  pending: Tree;
  scan: boolean;
}

export function textOf({ directive: { meaning, args, commit }, id }: Step): string {
  return `${meaning.kind} ${args} ${commit ? '#!COMMIT' : ''} (${id})`;
}

/** The last step that came out of the cache by its own `#!COMMIT`; what lies before it is skipped. */
export function latestFetched(steps: readonly Step[]): number {
  let latest = -1;
  for (const [index, { directive, committed }] of steps.entries()) {
    if (index === 0 || !directive.commit) continue;
    if (committed === undefined) return latest;
    latest = index;
  }
  return latest;
}

/** Asks the cache for the steps in turn, up to the first that it does not know. */
export async function fetchCached({ steps }: BuildStage, { cache, forceCommit, log }: Surroundings): Promise<void> {
  for (const step of steps.slice(1)) {
    if (!step.directive.commit && !forceCommit) continue;
    try {
      const found = await cache.pull(step.id);
      if (found !== 'none') step.committed = found;
    } catch (error) {
      return log.error(`Failed to fetch intermediate layer with cache ID ${step.id}: ${(error as Error).message}`);
    }
  }
}

/** Builds a stage, line by line. `earlier` are the files of the stages before, by alias. */
export async function buildStage(
  stage: BuildStage,
  around: Surroundings,
  last: boolean,
  earlier: ReadonlyMap<string, Tree>,
): Promise<Progress> {
  const { log, forceCommit, modifyFs, pace } = around;
  if (stage.onDisk && !modifyFs) throw new Error('fs not allowed to be modified');
  const progress: Progress = { config: emptyConfig(), tree: new Map(), history: [], pending: new Map(), scan: false };
  const { steps } = stage;
  for (const [index, step] of steps.entries()) {
    const skip = index > 0 && index < latestFetched(steps);
    const commit = index === 0 || (last && index === steps.length - 1) || forceCommit;
    const marks = [skip && 'skip', commit && 'commit', stage.onDisk && 'modifyfs'].filter(Boolean).join(',');
    log.info(`* Step ${index + 1}/${steps.length} (${marks}) : ${textOf(step)}`);
    await sleep(pace);
    await within('build node', () => buildStep(step, { skip, commit, onDisk: stage.onDisk }, progress, around, earlier));
  }
  return progress;
}

interface StepOptions {
  readonly skip: boolean;
  readonly commit: boolean;
  readonly onDisk: boolean;
}

async function buildStep(
  step: Step,
  options: StepOptions,
  progress: Progress,
  around: Surroundings,
  earlier: ReadonlyMap<string, Tree>,
): Promise<void> {
  const { log } = around;
  const { meaning, commit } = step.directive;
  if (step.committed !== undefined) await applyLayer(step.committed, options.onDisk, progress, log);
  if (options.skip) log.info('* Skipping execution; a later step was cached *');
  else if (step.committed !== undefined) log.info('* Skipping execution; cache was applied *');
  else {
    const start = performance.now();
    await within('do execute: execute step', () => execute(meaning, options.onDisk, progress, around, earlier));
    log.info(`* Executed ${textOf(step)}`, { duration: secondsSince(start) });
    if (commit || options.commit) await commitStep(step, progress, around);
    else log.info(`* Not committing step ${textOf(step)}`);
  }
  progress.config = configured(progress.config, meaning);
  if (step.committed !== undefined) {
    progress.history.push({ created: new Date().toISOString(), author: 'makisu', created_by: `makisu: ${textOf(step)}` });
  }
}

async function execute(
  meaning: Meaning,
  onDisk: boolean,
  progress: Progress,
  around: Surroundings,
  earlier: ReadonlyMap<string, Tree>,
): Promise<void> {
  const { log, context } = around;
  const add = (tree: Tree): void => {
    for (const [path, entry] of tree) for (const into of [progress.pending, progress.tree]) into.set(path, entry);
  };
  if (meaning.kind === 'FROM') pullBase(meaning.image, log);
  if (meaning.kind === 'WORKDIR' && onDisk) add(new Map([[inImage(configured(progress.config, meaning).WorkingDir ?? ''), folderEntry()]]));
  if (meaning.kind === 'COPY' || meaning.kind === 'ADD') {
    const target = destination(progress.config.WorkingDir ?? '/', meaning.target);
    if (meaning.sources.length > 1 && !target.endsWith('/'))
      throw new Error('invalid copy operation: check copy param: tarring multiple sources, destination must end with "/"');
    const stage = earlier.get(meaning.from);
    add(stage === undefined ? await copied(context, meaning.sources, target) : copiedFrom(stage, meaning.sources, target));
  }
  if (meaning.kind !== 'RUN') return;
  progress.scan = true;
  await playRun(meaning.command, log);
}

function pullBase(image: string, log: Log): void {
  if (isScratch(image)) {
    log.info('Scratch base image detected');
    return;
  }
  const start = performance.now();
  const name = fullName(imageNameForPull(image));
  log.info(`* Started pulling image ${name}`);
  log.info('not pulled here: the sandbox takes every base image as an empty one');
  log.info(`* Pulled image ${name}`, { duration: secondsSince(start) });
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
  const base = step.directive.meaning.kind === 'FROM';
  if (!base && (progress.scan || progress.pending.size > 0)) {
    const start = performance.now();
    await sleep(pace);
    log.info('* Synchronized file system', { duration: secondsSince(start) });
    const layer = await layerOf(progress.pending);
    if (progress.scan) {
      log.info('* Collecting filesystem diff');
      log.info(`* Collected diff: ${layer.count} files found`, { duration: secondsSince(start) });
      log.info(`* Created layer by scanning filesystem; ${layer.count} files found`);
    } else log.info(`* Created copy layer with ${layer.count} files`);
    await layers.keep(layer.digest.replace('sha256:', ''), layer.bytes);
    step.committed = layer;
    progress.pending = new Map();
    progress.scan = false;
    log.info(`* Committed gzipped layer ${layer.digest} (${layer.bytes.length} bytes)`);
  }
  log.info(`* Pushing with cache ID ${step.id}`);
  cache.push(step.id, step.committed);
}
