import type { ReactElement } from 'react';
import { h } from './h.ts';
import type { Suggestion } from './suggest.ts';

interface Properties {
  readonly suggestions: readonly Suggestion[];
  readonly chosen: number;
  readonly onChoose: (one: Suggestion) => void;
}

/** The list above the composer; the keyboard moves through it from the field. */
export function Suggestions({ suggestions, chosen, onChoose }: Properties): ReactElement | null {
  if (suggestions.length === 0) return null;
  return h(
    'ul',
    { className: 'suggestions', 'data-testid': 'suggestions', 'aria-label': 'Suggestions' },
    suggestions.map((one, index) =>
      h(
        'li',
        { key: one.label },
        h(
          'button',
          { type: 'button', className: index === chosen ? 'chosen' : '', tabIndex: -1, onClick: () => onChoose(one) },
          h('span', { className: 'suggestion-label' }, one.label),
          h('span', { className: 'faint' }, one.detail),
        ),
      ),
    ),
  );
}
