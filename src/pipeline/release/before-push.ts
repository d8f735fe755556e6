import { labels } from '../../core/cluster.ts';
import type { ReleaseImage, Repository } from '../../core/config.ts';
import type { Cause } from '../../core/logs.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { isUnderWay, replaceStage } from '../../core/run/stages.ts';
import { copyThere } from '../stage/copied-image.ts';
import { failStage, pass, type StageReads } from '../stage/observe-stage.ts';
import type { Holds } from './holds.ts';
import { imageTagState, type Tags } from './image-tags.ts';
import type { VersionState } from './version-state.ts';

/** What the last check before a push needs. */
export interface PushDeps {
  readonly book: RunBook;
  readonly cluster: Pick<StageReads, 'job'>;
  readonly registry: Tags;
  readonly holds: Holds;
  readonly now: () => Date;
}

/** An image in its last step before the push. */
export interface Pushing {
  readonly run: Run;
  readonly repository: Repository;
  readonly record: StageRun;
  readonly stage: ReleaseImage;
}

/** How long an image waits for its registry: if others of the release are out, it cannot be cancelled, and nothing else would end it. */
const patienceMs = 24 * 60 * 60_000;

/**
 * Looks once more whether the tag of an image is free, since hours may have passed since the version was checked. Only what no Job has
 * begun is checked: after that, the image may be the run's own. A copy whose tag has exactly the tested image already has passed. Returns
 * undefined if it is to be pushed, else when to check again.
 */
export async function beforePush(deps: PushDeps, { run, repository, record, stage }: Pushing): Promise<number | undefined> {
  const key = `${run.id}/${record.name}`;
  const left = deps.holds.left(key);
  if (left > 0) return left;
  const job = await deps.cluster.job(run.namespace, record.job ?? '');
  if (job?.labels[labels.runUid] === run.uid) return undefined;
  const found = await imageTagState(deps.registry, run, repository, stage);
  if (found.state === 'unknown' && !hasLasted(deps, record)) {
    await note(deps, run, record, found.why);
    return deps.holds.failed(key, found.error);
  }
  deps.holds.over(key);
  const there = found.state === 'unknown' ? undefined : await copyThere(deps.registry, run, record, stage);
  if (there) return pass(deps, run, record, { image: there, endedAt: deps.now().toISOString(), progress: { notes: [notAgain] } });
  if (found.state !== 'free') return failStage(deps, run, record.name, notPushed(found));
  if (record.heldSince !== undefined) await note(deps, run, record, undefined);
  return undefined;
}

const notAgain = 'the registry already had exactly the tested image under this tag: nothing was pushed';

function hasLasted({ now }: PushDeps, { heldSince }: StageRun): boolean {
  return heldSince !== undefined && now().getTime() - Date.parse(heldSince) >= patienceMs;
}

/** @param why undefined if the tag is known to be free */
async function note({ book, now }: PushDeps, run: Run, { name }: StageRun, why: string | undefined): Promise<void> {
  await book.change(run.id, (present) => {
    if (!isUnderWay(present, { name })) return present;
    return replaceStage(present, name, (stage) => {
      const { waitingFor, heldSince = now().toISOString(), ...rest } = stage;
      if (why === undefined) return rest;
      return waitingFor === why ? stage : { ...rest, waitingFor: why, heldSince };
    });
  });
}

function notPushed({ state, why }: Exclude<VersionState, { readonly state: 'free' }>): Cause {
  const next =
    state === 'taken'
      ? 'Nothing was pushed. If that tag was pushed by mistake, delete it in the registry, then retry this image.'
      : 'Nothing was pushed. Once the registry answers, retry this image.';
  return { kind: 'registry', title: `Not pushed: ${why}`, excerpt: [], next };
}
