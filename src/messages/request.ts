import { type Run, shortSha } from '../core/run.ts';
import { type Message, paragraphs } from './blocks.ts';
import { outside } from './escape.ts';
import { count, moment } from './measures.ts';
import { mention } from './people.ts';
import { offerLines } from './release-offer.ts';
import type { MessageView } from './view.ts';
import { sentence } from './words.ts';

const mostMentions = 20;

/** The call to those who may approve, for the thread of a run: it rings them. Where all is decided by then, it rings nobody. */
export function requestMessage(run: Run, view: MessageView): Message {
  const { release } = run;
  const id = outside(run.id, 100);
  const tag = outside(release?.tag ?? '', 150);
  if (!release || run.state !== 'passed' || release.problem !== undefined) {
    const state = run.state === 'passed' ? 'cannot be released' : sentence[run.state];
    const text = `Approval of ${tag} was asked for here; ${id} ${state} by now.`;
    return { text, blocks: paragraphs([text]) };
  }
  const text = `${id} asks for approval of ${tag}: ${outside(view.title, 100)} ${shortSha(run.commit)}`;
  const until = release.expiresAt ? ` until ${moment(release.expiresAt)}` : '';
  return {
    text,
    blocks: paragraphs([
      `${mentions(view)}*${id}* has passed and asks for approval: ${count(release.needs, 'vote')} needed${until}.`,
      ...offerLines(run, release, view),
      'Decide with the buttons of the message above this thread.',
    ]),
  };
}

function mentions({ release }: MessageView): string {
  const approvers = release?.approvers ?? [];
  return approvers.length === 0 ? '' : `${approvers.slice(0, mostMentions).map(mention).join(' ')} · `;
}
