import type { Kubernetes } from '@coxswain/sandbox';
import type { ExecutionContext } from 'ava';
import { isOver, type Run } from '../../src/core/run/run.ts';
import { allStages } from '../../src/core/run/stages.ts';
import type { Way } from '../way/way.ts';

/** Every pod that ever was in the cluster, by its Job; a Job that was made twice has two. */
export function podsEverMade(kubernetes: Kubernetes): ReadonlyMap<string, ReadonlySet<string>> {
  const made = new Map<string, Set<string>>();
  const look = () => {
    for (const { name: namespace, pods } of kubernetes.snapshot().namespaces) {
      for (const pod of pods) {
        const job = `${namespace}/${pod.job}`;
        made.set(job, (made.get(job) ?? new Set()).add(pod.name));
      }
    }
  };
  kubernetes.onChange(look);
  return made;
}

/** Whether a run is over and shown in its end state, with all that its thread is owed. */
export function isSettled(run: Run): boolean {
  const { message, thread } = run.delivery;
  return isOver(run) && message?.state === 'posted' && message.revision >= run.revision && thread.every(({ state }) => state === 'posted');
}

/** Waits until every run is over and shown in its end state, with all that its thread is owed. */
export async function allSettled(way: Way, ms: number): Promise<Run[]> {
  await way.until(
    async () => {
      const runs = await way.records();
      return runs.length > 0 && runs.every(isSettled);
    },
    ms,
    () => 'every run to be over and shown',
  );
  return way.records();
}

/** What must hold for each run, however often the bot was killed: one message, one thread post of each kind, one pod per stage, an end state shown. */
export function holdsFor(t: ExecutionContext, way: Way, run: Run, pods: ReadonlyMap<string, ReadonlySet<string>>): void {
  const messages = way.slack.messages('#ci').filter((message) => message.metadata?.event_payload.uid === run.uid && !message.thread_ts);
  t.is(messages.length, 1, `${run.id} has ${messages.length} messages`);
  t.true(messages[0]?.text.startsWith(`${run.id} `));
  t.regex(
    messages[0]?.text ?? '',
    endWords[run.state as keyof typeof endWords],
    `${run.id} is ${run.state}, its message says: ${messages[0]?.text}`,
  );
  const replies = way.slack.replies(messages[0]?.ts ?? '');
  const files = replies.flatMap((reply) => reply.files ?? []).map((file) => file.title);
  const causes = replies.filter((reply) => reply.metadata).map((reply) => String(reply.metadata?.event_payload.key));
  t.deepEqual([...causes, ...files.map(keyOfFile)].sort(), run.delivery.thread.map((item) => item.key).sort(), `thread of ${run.id}`);
  for (const stage of allStages(run)) {
    const made = pods.get(`${run.namespace}/${stage.job}`)?.size ?? 0;
    if (stage.state === 'passed') t.is(made, 1, `${run.id} ${stage.name} had ${made} pods`);
    else t.true(made <= 1, `${run.id} ${stage.name} had ${made} pods`);
  }
}

const endWords = {
  passed: / passed in /,
  released: / is released as /,
  failed: / failed after /,
  cancelled: / cancelled/,
  superseded: / superseded/,
} as const;

/** `log-image` of `Log of image, runner-142`, `log-image.2` of its second attempt. */
function keyOfFile(title: string): string {
  const [, stage = title, attempt] = /^Log of (\S+?)(?:, attempt (\d+))?, /.exec(title) ?? [];
  return `log-${stage}${attempt ? `.${attempt}` : ''}`;
}
