import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { Block, JsonObject } from '../../slack/model.ts';
import { h } from './h.ts';

interface Pressed {
  readonly block?: string;
  readonly action: string;
  readonly option?: string;
}

/** Called where a person presses a button, which comes along, or chooses an option. */
export type OnPress = (press: Pressed, button?: JsonObject) => void;

const words = (value: unknown): string => {
  const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  return typeof text === 'string' ? text : '';
};

/** The question that Slack asks before a button with a `confirm` object is pressed. */
function ConfirmDialog({ confirm, onAnswer }: { confirm: JsonObject; onAnswer: (yes: boolean) => void }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return h(
    'dialog',
    {
      ref: dialog,
      className: 'dialog',
      'data-testid': 'confirm',
      onCancel: () => onAnswer(false),
      onClick: (event) => event.stopPropagation(),
    },
    h('h2', null, words(confirm.title)),
    h('p', null, words(confirm.text)),
    h(
      'div',
      { className: 'dialog-buttons' },
      h('button', { type: 'button', className: 'plain', onClick: () => onAnswer(false) }, words(confirm.deny) || 'Cancel'),
      h(
        'button',
        { type: 'button', className: confirm.style === 'danger' ? 'danger' : 'primary', onClick: () => onAnswer(true) },
        words(confirm.confirm) || 'Yes',
      ),
    ),
  );
}

/**
 * Asks before a button with a `confirm` object is pressed. The question stands until it is answered, whatever becomes of the blocks
 * meanwhile: an update of the message gives them other ids, so a block that is gone is no longer named.
 */
export function useConfirm(blocks: readonly Block[], onPress: OnPress): { press: OnPress; question: ReactElement | null } {
  const [asked, ask] = useState<{ press: Pressed; button: JsonObject }>();
  const send = ({ block, ...press }: Pressed, url?: unknown) => {
    if (typeof url === 'string' && /^https?:/.test(url)) window.open(url, '_blank', 'noopener');
    const isThere = block !== undefined && blocks.some((one) => one.block_id === block);
    onPress(isThere ? { block, ...press } : press);
  };
  const answer = (yes: boolean) => {
    ask(undefined);
    if (yes && asked) send(asked.press, asked.button.url);
  };
  const press: OnPress = (pressed, button) => (button?.confirm ? ask({ press: pressed, button }) : send(pressed, button?.url));
  const question = asked ? h(ConfirmDialog, { confirm: asked.button.confirm as JsonObject, onAnswer: answer }) : null;
  return { press, question };
}
