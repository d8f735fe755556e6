import type { Doing } from '../concurrency/doing.ts';

/** Milliseconds until the next check without an event; 0: at once, since the run has changed; undefined: not before an event. */
export type Again = number | undefined;

/** One thing that a run may need: a pure decision and one action. It must be repeatable, since it is repeated after a crash. */
export interface Step<Deps, Subject> {
  /** Its name while it is in progress, for diagnostics. */
  readonly name: string;
  /** What to do for a run in its saved state; undefined: nothing. Pure. */
  plan(subject: Subject): ((deps: Deps) => Promise<Again>) | undefined;
}

/**
 * A step made of a decision and an action.
 * @param decide the input of the action; undefined: nothing to do. Pure.
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

/** Runs the applicable steps in order, up to the first that changed the run: those after it were planned for an outdated run. */
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
