import { type Run, shortSha } from '../core/run/run.ts';
import type { StageRun } from '../core/run/stage-run.ts';
import { limits, type Message, section } from './blocks.ts';
import { named, paragraph, reasonText } from './escape.ts';
import { fence } from './fence.ts';
import { authorMention } from './people.ts';
import type { MessageView } from './view.ts';

/** What a failure message needs: the part of a run that failed, and why. */
export type Failed = Pick<StageRun, 'name' | 'cause'>;

/** Why a stage failed, for its run's thread: title, the lines that show it, the next step. */
export function causeMessage(run: Run, stage: Failed, view: Pick<MessageView, 'people'>): Message {
  const title = reasonText(stage.cause?.title ?? run.reason ?? 'No cause was found in its log.', 600);
  const excerpt = fence(stage.cause?.excerpt ?? [], limits.section);
  const mention = authorMention(run.commit, view.people);
  const next = stage.cause?.next ? paragraph(stage.cause.next, 1000) : '';
  return {
    text: `${named(stage.name, 60)} of ${named(run.id, 100)} (${shortSha(run.commit)}) failed: ${title}`,
    blocks: [
      section(`✗ *${named(stage.name, 60)}* failed: ${title}${mention ? ` · ${mention}` : ''}`),
      ...(excerpt ? [section(excerpt)] : []),
      ...(next ? [section(`*Next:* ${next}`)] : []),
    ],
  };
}
