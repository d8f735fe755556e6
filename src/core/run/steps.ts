import type { Doing } from '../concurrency/doing.ts';

/** Milliseconds after which to look again though nothing was heard; 0: at once, since the run is not what it was; undefined: not before there is news. */
export type Again = number | undefined;

/** One thing that a run may need: a pure decision and one act. It may be repeated, because after a crash it will be. */
export interface Step<Deps, Subject> {
  /** What it does, as it is named while it is under way. */
  readonly name: string;
  /** What it would do for a run as it is saved; undefined: nothing. Pure. */
  plan(subject: Subject): ((deps: Deps) => Promise<Again>) | undefined;
}

/**
 * A step of a decision and an act.
 * @param decide what there is to do it with; undefined: it is not its turn. Pure.
 */
export function step<Deps, Subject, Task>(
  name: string,
  decide: (subject: Subject) => Task | undefined,
  act: (deps: Deps, task: Task) => Promise<Again>,
): Step<Deps, Subject> {
  return {
    name,
    plan(subject) {
      const task = decide(subject);
      return task === undefined ? undefined : (deps) => act(deps, task);
    },
  };
}

/** Takes the steps whose turn it is, in their order, up to the first that has changed the run: what comes after it was decided of a run that is no more. */
export async function takeSteps<Deps, Subject>(
  steps: readonly Step<Deps, Subject>[],
  deps: Deps,
  subject: Subject,
  doing: Doing,
): Promise<Again> {
  let soonest: Again;
  for (const { name, plan } of steps) {
    const act = plan(subject);
    const again = act && (await doing(name, () => act(deps)));
    if (again === 0) return 0;
    soonest = sooner(soonest, again);
  }
  return soonest;
}

function sooner(one: Again, other: Again): Again {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
