import type { ReactElement } from 'react';
import { h } from './h.ts';
import { OutLink } from './out-link.ts';
import { usePage } from './page-context.ts';

/** Plainly: which services are real here, and which are stand-ins. */
export function About(): ReactElement {
  const { state } = usePage();
  return h(
    'div',
    { className: 'panel-body', 'data-testid': 'about' },
    h('p', null, 'This is a sandbox on your machine. The bot is the real one, unchanged; the services around it are:'),
    h(
      'ul',
      { className: 'parts' },
      state.parts.map((part) =>
        h(
          'li',
          { key: part.name, className: 'card' },
          h('h3', null, part.name, h('span', { className: `part-kind${part.real ? ' real' : ''}` }, part.real ? '◆ real' : '◇ stand-in')),
          h('p', null, part.detail),
          part.link ? h('p', null, h(OutLink, part.link)) : null,
        ),
      ),
    ),
    h(
      'p',
      { className: 'faint' },
      'The chat is not made by Slack; it shows what the stand-in for Slack holds, within the rules and limits that Slack documents.',
    ),
  );
}
