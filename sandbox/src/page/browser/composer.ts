import type { ReactElement } from 'react';
import { type Address, type Draft, handleKey, useDraft } from './draft.ts';
import { h, valueIn } from './h.ts';
import { usePage } from './page-context.ts';
import { Suggestions } from './suggestions.ts';
import { channelName } from './words.ts';

/** How the command goes on, once it is typed; in a thread, that commands do not work there. */
function Hint({ draft, thread }: { draft: Draft; thread: boolean }): ReactElement | null {
  const { state } = usePage();
  if (!draft.text.startsWith('/')) return null;
  const bot = state.users.find((one) => one.id === state.botUser)?.name;
  if (thread) return h('p', { className: 'command-hint' }, `Slash commands do not work in threads; mention @${bot} instead.`);
  const command = state.commands.find((one) => draft.text.startsWith(`${one.command} `));
  if (!command) return null;
  return h(
    'p',
    { className: 'command-hint', 'data-testid': 'command-hint' },
    h('code', null, `${command.command} ${command.usage_hint ?? ''}`),
    ` ${command.description}`,
  );
}

/** The field in which a person types messages and slash commands; Shift+Enter makes a new line. */
export function Composer(address: Address): ReactElement {
  const { state } = usePage();
  const draft = useDraft(address);
  const inThread = address.thread !== undefined;
  const name = channelName(state, address.channel);
  const direct = state.channels.find((one) => one.id === address.channel)?.kind === 'im';
  const label = inThread ? 'Reply in this thread' : `Message ${direct ? '' : '#'}${name}`;
  const send = (event: { preventDefault(): void }) => {
    event.preventDefault();
    void draft.send();
  };
  const field = h('textarea', {
    ref: draft.field,
    rows: Math.min(6, draft.text.split('\n').length),
    value: draft.text,
    placeholder: label,
    'aria-label': label,
    'data-testid': inThread ? 'thread-composer' : 'composer',
    onChange: (event) => draft.change(valueIn(event)),
    onKeyDown: (event) => handleKey(draft, event),
  });
  return h(
    'div',
    { className: 'composer' },
    h(Suggestions, { suggestions: draft.suggestions, chosen: draft.chosen, onChoose: draft.complete }),
    h(Hint, { draft, thread: inThread }),
    draft.error ? h('p', { className: 'trouble', role: 'alert' }, `⚠ ${draft.error}`) : null,
    h(
      'form',
      { className: 'composer-row', onSubmit: send },
      field,
      h('button', { type: 'submit', className: 'primary', disabled: draft.text.trim() === '' }, 'Send'),
    ),
  );
}
