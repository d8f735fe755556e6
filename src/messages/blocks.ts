import type { KnownBlock } from '@slack/types';
import { cutMarkup } from './escape.ts';

export type { KnownBlock };

/** A Slack message: `text` is shown in notifications and by clients without blocks. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Slack's limits, with some margin: https://docs.slack.dev/reference/block-kit/blocks */
export const limits = { text: 3900, section: 2900, longest: 3000, blocks: 50, contextElements: 10, value: 2000 } as const;

/** A paragraph. `verbatim`: Slack does not turn anything in it into links or mentions by itself. */
export function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, expand: true };
}

/** Small grey text. */
export function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

/** Lines joined into as few paragraphs as possible; each line is shorter than one paragraph. */
export function paragraphs(lines: readonly string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= limits.section) texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}

/** Lines joined into a message's text: as many whole ones as fit, so that no entity is cut. */
export function textOf(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 3 > limits.text) return `${text}\n…`;
    text = text === '' ? line : `${text}\n${line}`;
  }
  return text;
}

/** A message of one paragraph. */
export function plainMessage(text: string): Message {
  return { text, blocks: [section(text)] };
}

/** Sent if Slack refuses a whole message: its text, with a note about it. `reason`: Slack's error code. */
export function plainInstead({ text }: Message, reason: string): Message {
  return plainMessage(`${cutMarkup(text, limits.section - 200)}\n⚠ Slack rejected the full message (${reason}).`);
}

/** A button that represents a command: pressing it is the same as typing `says`. */
export interface ButtonText {
  readonly label: string;
  readonly says: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: {
    readonly title: string;
    readonly text: string;
    readonly yes: string;
    readonly no: string;
    readonly style?: 'primary' | 'danger';
  };
  /** Pressing it opens a modal for the rest of the input. */
  readonly asks?: true;
  /** Distinguishes it from other buttons of its command in the same message. */
  readonly part?: string;
}

export function buttons(list: readonly ButtonText[]): KnownBlock[] {
  if (list.length === 0) return [];
  return [{ type: 'actions', elements: list.map(button) }];
}

/** Prefix of the action id of a button that opens a modal. */
export const asking = 'ask:';

function button({ label, says, style, confirm, asks, part }: ButtonText) {
  const [word = says] = says.split(' ', 1);
  return {
    type: 'button' as const,
    // The command word: stable, and a message has one button per command and part.
    action_id: `${asks ? asking : ''}${word}${part === undefined ? '' : `:${part}`}`.slice(0, 255),
    text: plain(label),
    value: says,
    ...(style && { style }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title),
        text: plain(confirm.text),
        confirm: plain(confirm.yes),
        deny: plain(confirm.no),
        style: confirm.style ?? ('danger' as const),
      },
    }),
  };
}

/** Text without markup. */
export function plain(text: string) {
  return { type: 'plain_text' as const, text, emoji: false };
}
