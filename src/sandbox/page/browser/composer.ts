import { type KeyboardEvent, type ReactElement, useRef, useState } from 'react';
import { useDesk } from './desk.ts';
import { h, valueIn } from './h.ts';
import { act } from './server.ts';
import { type Suggestion, suggestionsFor } from './suggest.ts';
import { Suggestions } from './suggestions.ts';
import { channelName } from './words.ts';

/** What a person types, and what could complete it. */
function useDraft(thread: string | undefined) {
  const { state } = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const suggestions = suggestionsFor(state, text, thread !== undefined);
  const change = (next: string) => {
    setText(next);
    setChosen(0);
  };
  const complete = (one: Suggestion) => {
    change(one.completed);
    field.current?.focus();
  };
  return { field, text, change, suggestions, complete, chosen: Math.min(chosen, Math.max(0, suggestions.length - 1)), setChosen };
}

/** The field in which a person types messages and slash commands; Enter sends, Shift+Enter makes a new line, Tab completes. */
export function Composer({ channel, thread }: { channel: string; thread?: string }): ReactElement {
  const { state, user } = useDesk();
  const draft = useDraft(thread);
  const [error, setError] = useState<string>();
  const command = thread ? undefined : state.commands.find((one) => draft.text.startsWith(`${one.command} `));
  const send = async () => {
    const line = draft.text.trimEnd();
    if (line.trim() === '') return;
    draft.change('');
    const outcome = await act({ do: 'type', user, channel, text: line, ...(thread ? { thread } : {}) });
    setError(outcome.ok || !outcome.error?.includes(' ') ? undefined : outcome.error);
  };
  const keys = (event: KeyboardEvent) => {
    const one = draft.suggestions[draft.chosen];
    if (event.key === 'Enter' && !event.shiftKey && !(one && one.completed !== draft.text && one.kind === 'mention')) {
      event.preventDefault();
      void send();
    } else if (one && (event.key === 'Tab' || event.key === 'Enter')) {
      event.preventDefault();
      draft.complete(one);
    } else if (one && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      draft.setChosen((draft.chosen + step + draft.suggestions.length) % draft.suggestions.length);
    }
  };
  const place = thread ? 'Reply in this thread' : `Message #${channelName(state, channel)}`;
  const hint = thread
    ? `Slash commands do not work in threads; mention @${state.users.find((one) => one.id === state.botUser)?.name} instead.`
    : '';
  return h(
    'div',
    { className: 'composer' },
    h(Suggestions, { suggestions: draft.suggestions, chosen: draft.chosen, onChoose: draft.complete }),
    command
      ? h(
          'p',
          { className: 'command-hint', 'data-testid': 'command-hint' },
          h('code', null, `${command.command} ${command.usage_hint ?? ''}`),
          ` ${command.description}`,
        )
      : null,
    thread && draft.text.startsWith('/') ? h('p', { className: 'command-hint' }, hint) : null,
    error ? h('p', { className: 'trouble', role: 'alert' }, `⚠ ${error}`) : null,
    h(
      'form',
      {
        className: 'composer-row',
        onSubmit: (event) => {
          event.preventDefault();
          void send();
        },
      },
      h('textarea', {
        ref: draft.field,
        rows: Math.min(6, draft.text.split('\n').length),
        value: draft.text,
        placeholder: place,
        'aria-label': place,
        'data-testid': thread ? 'thread-composer' : 'composer',
        onChange: (event) => draft.change(valueIn(event)),
        onKeyDown: keys,
      }),
      h('button', { type: 'submit', className: 'primary', disabled: draft.text.trim() === '' }, 'Send'),
    ),
  );
}
