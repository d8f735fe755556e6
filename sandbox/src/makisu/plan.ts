import { cacheId, firstSeed } from './cache-id.ts';
import type { Stage } from './dockerfile.ts';
import { type BuildStage, buildStage, fetchCached, latestFetched } from './stage.ts';
import type { Progress, Step, Surroundings } from './step.ts';
import { within } from './within.ts';

/** What was built: the configuration and history of the last stage, and its layers in order. */
export interface Built extends Progress {
  readonly steps: readonly Step[];
}

/** Gives every step its cache ID, and checks what the stages want from each other. */
export async function planOf(
  stages: readonly Stage[],
  { context, forceCommit, modifyFs }: Surroundings,
  target: string,
): Promise<BuildStage[]> {
  let seed = firstSeed(forceCommit, modifyFs);
  const copiedFrom = new Set(stages.flatMap(({ directives }) => directives.map(({ meaning }) => ('from' in meaning ? meaning.from : ''))));
  const plan: BuildStage[] = [];
  for (const { alias, directives } of stages) {
    const steps: Step[] = [];
    if (plan.some((stage) => stage.alias === alias)) throw new Error(`duplicate stage alias: ${alias}`);
    for (const directive of directives) {
      const place = 'failed to convert parsed stage: new dockerfile steps: directive to build step: set cache id';
      seed = await within(place, () => cacheId(directive, seed, context));
      steps.push({ directive, id: seed });
      const from = 'from' in directive.meaning ? directive.meaning.from : '';
      if (from !== '' && !modifyFs) throw new Error('must allow modifyfs for multi-stage dockerfiles with COPY --from');
      if (from !== '' && !plan.some((stage) => stage.alias === from)) throw new Error(`copy from nonexistent stage ${from}`);
    }
    const needsDisk = directives.some(({ meaning }) => meaning.kind === 'RUN' || ('chown' in meaning && meaning.chown !== ''));
    plan.push({ alias, steps, onDisk: needsDisk || copiedFrom.has(alias) });
  }
  if (target !== '' && !plan.some(({ alias }) => alias === target)) throw new Error(`target stage not found in dockerfile ${target}`);
  return plan;
}

/** Builds the stages one after the other; the last, or the target, is the image. */
export async function executePlan(plan: readonly BuildStage[], around: Surroundings, target: string): Promise<Built> {
  const { log, cache, modifyFs } = around;
  let built: Built | undefined;
  for (const [index, stage] of plan.entries()) {
    log.info(`* Stage ${index + 1}/${plan.length} : (alias=${stage.alias},latestfetched=${latestFetched(stage.steps)})`);
    await fetchCached(stage, around);
    const last = index === plan.length - 1;
    const progress = await within(`execute stage: build stage ${stage.alias}`, () => buildStage(stage, around, last));
    around.stages.set(stage.alias, progress.tree);
    built = { ...progress, steps: stage.steps };
    if (modifyFs) log.info('* Removed 0 directories under /', { duration: 0 });
    if (stage.alias === target) {
      log.info('Finished building target stage');
      break;
    }
  }
  await cache.settled().catch((error: Error) => log.error(`Failed to push cache: ${error.message}`));
  if (built === undefined) throw new Error('no stage in Dockerfile');
  return built;
}
