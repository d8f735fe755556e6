import type { Reply } from '../core/command/command.ts';
import { type Run, shortSha } from '../core/run/run.ts';
import { type Message, paragraphs, plainMessage } from './blocks.ts';
import { code, externalText, named } from './escape.ts';
import { listMessage } from './fit.ts';
import { runMessage, runState } from './run.ts';
import type { MessageView } from './view.ts';
import { sentence, sign } from './words.ts';

/** A run on one line, mentioning nobody: `✓ *runner-142* passed in 9 min · main · 3f2a1bc Read the queue`. */
export function runLine(run: Run): string {
  const commit = `${shortSha(run.commit)} ${externalText(run.commit.subject ?? '', 120)}`.trim();
  const state = run.state === 'cancelled' || run.state === 'rejected' ? sentence[run.state] : runState(run);
  return [`${sign[run.state]} *${named(run.id, 100)}* ${state}`, code(run.branch, 80), commit].filter(Boolean).join(' · ');
}

export function runsMessage({ title, runs, more }: Extract<Reply, { kind: 'runs' }>): Message {
  const head = `*${externalText(title, 200)}*`;
  if (runs.length === 0) return plainMessage(`${head}: none yet`);
  return listMessage({ head, items: runs.map((run) => [runLine(run)]), more: (left) => `… and ${left} earlier`, hidden: more });
}

/** By id, which notifies nobody. */
function approverLine({ state, release }: Run, view: MessageView): string[] {
  const approvers = view.release?.approvers ?? [];
  if (state !== 'passed' || !release?.openedAt || approvers.length === 0) return [];
  return [
    `*approvers:* ${approvers
      .slice(0, 20)
      .map((id) => code(id, 40))
      .join(' ')}`,
  ];
}

/** The run's message with details for users who ask: image references and approvers. */
export function runDetails(run: Run, view: MessageView): Message {
  const { text, blocks } = runMessage(run, view);
  const images = run.stages.flatMap(({ name, image }) =>
    image ? [`*${named(name, 60)}* image: ${code(`${view.pull}/${image.repository}@${image.digest}`, 400)}`] : [],
  );
  const at = blocks.findIndex(({ type }) => type === 'actions');
  const lines = [...images.slice(0, 10), ...approverLine(run, view)];
  return { text, blocks: blocks.toSpliced(at < 0 ? blocks.length : at, 0, ...paragraphs(lines)) };
}
