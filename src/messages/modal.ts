import type { ModalView } from '@slack/types';
import type { Reply } from '../core/command/command.ts';
import { asWord } from '../core/command/tokenize.ts';
import { shortSha } from '../core/run/run.ts';
import { plain, section } from './blocks.ts';
import { code, named, plainText } from './escape.ts';
import { utc, withMoment } from './format.ts';
import { withIds } from './people.ts';

export type { ModalView };

/** Maximum characters of a Slack input. https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
const mostCharacters = 3000;

/** The ids by which a modal's submission is read. */
export const modal = { callback: 'ask', block: 'answer', action: 'text' } as const;

type Asks = Extract<Reply, { kind: 'asks' }>;

/** The context of a modal: the command text that its input extends, and the message that it was opened from. */
export interface ModalTarget {
  readonly says: string;
  readonly channel: string;
  readonly message?: string;
}

const words = {
  reason: { title: 'Reject', label: 'Why should it not be released?', submit: 'Reject', max: 500 },
  notes: { title: 'Release notes', label: 'Release notes (Markdown)', submit: 'Save', max: mostCharacters },
} as const satisfies Record<Asks['what'], object>;

/** The modal for the input that a command still needs. Text longer than a field's limit cannot be edited in it. */
export function askModal(asks: Asks, place: Omit<ModalTarget, 'says'>): ModalView {
  const { title, label, submit, max } = words[asks.what];
  const { run, text } = asks;
  const about = section(
    `*${named(run.release?.tag ?? run.id, 150)}* · ${named(run.id, 100)} · branch ${code(run.branch, 300)} · ${code(shortSha(run.commit), 40)}`,
  );
  const view: ModalView = { type: 'modal', title: plain(title), close: plain('Close'), blocks: [about] };
  if (text.length > max) return { ...view, blocks: [about, section(tooLong(asks))] };
  const input = {
    type: 'input' as const,
    block_id: modal.block,
    label: plain(label),
    element: {
      type: 'plain_text_input' as const,
      action_id: modal.action,
      multiline: true,
      max_length: max,
      ...(text !== '' && { initial_value: text }),
    },
  };
  const metadata: ModalTarget = { says: asks.says, ...place };
  return {
    ...view,
    callback_id: modal.callback,
    private_metadata: JSON.stringify(metadata),
    submit: plain(submit),
    blocks: [about, input],
  };
}

function tooLong({ run, text }: Asks): string {
  return (
    `The notes are ${text.length} characters long, and a Slack form takes at most ${mostCharacters}. Edit them on GitHub once the release is out, ` +
    `or replace them: ${code(`/cox notes ${run.id} <text>`, 200)}`
  );
}

/** The command that a submitted modal represents, with its input as one word; undefined if the modal is not ours. */
export function submitted(metadata: string, typed: string): { text: string; place: ModalTarget } | undefined {
  const place = placeOf(metadata);
  return place && { text: `${place.says} ${asWord(typed.trim())}`, place };
}

function placeOf(metadata: string): ModalTarget | undefined {
  try {
    const place: unknown = JSON.parse(metadata);
    const isPlace = typeof place === 'object' && place !== null && 'says' in place && 'channel' in place;
    return isPlace && typeof place.says === 'string' && typeof place.channel === 'string' ? (place as ModalTarget) : undefined;
  } catch {
    return undefined;
  }
}

/** A refusal as shown below the modal's field, where markup is not supported. */
export function modalErrors(sentence: string): Record<string, string> {
  return { [modal.block]: plainText(withMoment(withIds(sentence), utc).replaceAll('`', "'"), 500) };
}
