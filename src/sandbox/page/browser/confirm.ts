import { type ReactElement, useEffect, useRef } from 'react';
import type { JsonObject } from '../../slack/model.ts';
import { h } from './h.ts';

const words = (value: unknown): string => {
  const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  return typeof text === 'string' ? text : '';
};

/** The question that Slack asks before a button with a `confirm` object is pressed. */
export function ConfirmDialog({ confirm, onAnswer }: { confirm: JsonObject; onAnswer: (yes: boolean) => void }): ReactElement {
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
