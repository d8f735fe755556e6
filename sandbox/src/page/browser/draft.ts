import { type KeyboardEvent, useRef, useState } from 'react';
import { usePage } from './page-context.ts';
import { act } from './server.ts';
import { type Suggestion, suggestionsFor } from './suggest.ts';

export interface Address {
  readonly channel: string;
  readonly thread?: string;
}

/** What a person types, what could complete it, and how it is sent. */
export function useDraft({ channel, thread }: Address) {
  const { state, user } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [error, setError] = useState<string>();
  const suggestions = suggestionsFor(state, text, thread !== undefined);
  const chosen = Math.min(at, Math.max(0, suggestions.length - 1));
  const change = (next: string) => {
    setText(next);
    setAt(0);
  };
  const complete = (one: Suggestion) => {
    change(one.completed);
    field.current?.focus();
  };
  const send = async () => {
    const line = text.trimEnd();
    if (line.trim() === '') return;
    change('');
    const outcome = await act({ do: 'type', user, channel, text: line, ...(thread ? { thread } : {}) });
    // What Slack itself says stands in the channel; a sentence comes from the page's own server.
    setError(!outcome.ok && outcome.error?.includes(' ') ? outcome.error : undefined);
  };
  const move = (step: number) => setAt((chosen + step + suggestions.length) % suggestions.length);
  return { field, text, change, suggestions, chosen, complete, send, move, error };
}

export type Draft = ReturnType<typeof useDraft>;

/** Enter sends, Tab completes, the arrows choose; where a mention is half typed, Enter completes it too. */
export function handleKey(draft: Draft, event: KeyboardEvent): void {
  const one = draft.suggestions[draft.chosen];
  const completes = one !== undefined && (event.key === 'Tab' || (event.key === 'Enter' && one.kind === 'mention'));
  if (completes) {
    event.preventDefault();
    draft.complete(one);
  } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
    event.preventDefault();
    void draft.send();
  } else if (one && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    draft.move(event.key === 'ArrowDown' ? 1 : -1);
  }
}
