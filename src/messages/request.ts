import { type Run, shortSha } from '../core/run/run.ts';
import { type Message, paragraphs } from './blocks.ts';
import { code, named } from './escape.ts';
import { count, moment } from './format.ts';
import { mention } from './people.ts';
import { offerLines } from './release-candidate.ts';
import type { MessageView } from './view.ts';
import { sentence } from './words.ts';

const mostMentions = 20;

/** The approval request in a run's thread, which mentions the approvers. If everything is already decided, it mentions nobody. */
export function requestMessage(run: Run, view: MessageView): Message {
  const { release } = run;
  const id = named(run.id, 100);
  const tag = named(release?.tag ?? '', 150);
  if (!release || run.state !== 'passed' || release.problem !== undefined) {
    const state = run.state === 'passed' ? 'cannot be released' : sentence[run.state];
    const text = `Approval ${tag ? `of ${tag} ` : ''}was requested here but is no longer needed: ${id} ${state}.`;
    return { text, blocks: paragraphs([text]) };
  }
  const text = `${id} needs approval for ${tag}: ${named(view.title, 100)} ${named(run.branch, 300)} ${shortSha(run.commit)}`;
  const until = release.expiresAt ? ` by ${moment(release.expiresAt)}` : '';
  return {
    text,
    blocks: paragraphs([
      `${mentions(view)}*${id}* on branch ${code(run.branch, 300)} has passed and needs approval: ${count(release.requiredVotes, 'vote')}${until}.`,
      ...offerLines(run, release, view),
      'Use the buttons on the message above this thread.',
    ]),
  };
}

function mentions({ release }: MessageView): string {
  const approvers = release?.approvers ?? [];
  return approvers.length === 0 ? '' : `${approvers.slice(0, mostMentions).map(mention).join(' ')} · `;
}
